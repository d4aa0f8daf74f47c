/**
 * Shapes: what an input may look like, as plain data that one interpreter (validate.ts) and one codec
 * (server/json-codec.ts) read, and from which the TypeScript types are derived.
 *
 * Names and constraints are those of the KMS service model; a shape refers to others by name, as the model does. The
 * order of an enumeration is what AWS prints in its message. It drifts as AWS adds members, hence it is data.
 */

import { KMS_SHAPES } from "./model.ts";

export interface StringShape {
  readonly type: "string";
  readonly min?: number;
  readonly max?: number;
  /** A regular expression that the whole string must match. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Values that AWS takes beside those of the enumeration, without naming them. */
  readonly unlisted?: readonly string[];
  /** Whether messages say nothing of the value, not even that it is null (service model, trait `sensitive`). */
  readonly sensitive?: boolean;
}

export interface BlobShape {
  readonly type: "blob";
  readonly min?: number;
  readonly max?: number;
  /** Whether messages say nothing of the value, not even that it is null (service model, trait `sensitive`). */
  readonly sensitive?: boolean;
}

export interface IntegerShape {
  readonly type: "integer";
  readonly min?: number;
  readonly max?: number;
}

export interface PlainShape {
  readonly type: "boolean" | "timestamp";
}

export interface ListShape {
  readonly type: "list";
  readonly member: ShapeName;
  readonly min?: number;
  readonly max?: number;
}

export interface MapShape {
  readonly type: "map";
  readonly key: ShapeName;
  readonly value: ShapeName;
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape {
  readonly type: "structure";
  readonly members: { readonly [name: string]: ShapeName };
  readonly required: readonly string[];
}

export type Shape = StringShape | BlobShape | IntegerShape | PlainShape | ListShape | MapShape | StructureShape;

/** The shapes of AWS STS, AssumeRole and GetSessionToken. */
// biome-ignore format: a table
const STS_SHAPES = {
  StsRoleArnType: {
    type: "string",
    min: 20,
    max: 2048,
    pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
  },
  StsRoleDurationSecondsType: { type: "integer", min: 900, max: 43200 },
  StsDurationSecondsType:    { type: "integer", min: 900, max: 129600 },
  StsRoleSessionNameType:    { type: "string", min: 2, max: 64, pattern: "[\\w+=,.@-]*" },
} as const;

/** The named shapes that inputs refer to. */
export const SHAPES: typeof KMS_SHAPES & typeof STS_SHAPES = { ...KMS_SHAPES, ...STS_SHAPES };

export type ShapeName = keyof typeof SHAPES;

/** The shape of that name. */
export function shapeOf(name: ShapeName): Shape {
  return SHAPES[name];
}

/** A member of a structure. */
export interface Member {
  readonly name: string;
  /** As messages have it, in lower camel case. */
  readonly camel: string;
  readonly member: Shape;
  readonly isRequired: boolean;
}

const members = new WeakMap<StructureShape, readonly Member[]>();

/** The members of a shape, put together at its first use. */
export function membersOf(shape: StructureShape): readonly Member[] {
  let known = members.get(shape);
  if (known === undefined) {
    known = Object.entries(shape.members).map(([name, member]) => ({
      name,
      camel: name.charAt(0).toLowerCase() + name.slice(1),
      member: shapeOf(member),
      isRequired: shape.required.includes(name),
    }));
    members.set(shape, known);
  }
  return known;
}

/** The TypeScript type of a validated input of shape `S`: blobs are `Uint8Array`, timestamps `Date`, maps `Map`. */
export type InputOf<S> = S extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : S extends { readonly type: "string" }
    ? string
    : S extends { readonly type: "blob" }
      ? Uint8Array
      : S extends { readonly type: "integer" }
        ? number
        : S extends { readonly type: "boolean" }
          ? boolean
          : S extends { readonly type: "timestamp" }
            ? Date
            : S extends { readonly member: infer Member extends ShapeName }
              ? readonly InputOfName<Member>[]
              : S extends { readonly key: infer Key extends ShapeName; readonly value: infer Value extends ShapeName }
                ? ReadonlyMap<InputOfName<Key>, InputOfName<Value>>
                : S extends { readonly members: infer Members; readonly required: readonly (infer Required)[] }
                  ? StructureOf<Members, Required>
                  : never;

type InputOfName<Name extends ShapeName> = InputOf<(typeof SHAPES)[Name]>;

type StructureOf<Members, Required> = {
  readonly [Name in keyof Members as Name extends Required ? Name : never]: InputOfMember<Members[Name]>;
} & {
  readonly [Name in keyof Members as Name extends Required ? never : Name]?: InputOfMember<Members[Name]>;
};

type InputOfMember<Name> = Name extends ShapeName ? InputOfName<Name> : never;
