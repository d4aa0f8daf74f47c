/**
 * Writes src/kms/model.ts: the inputs of all operations of the KMS, from AWS's own models.
 *
 *     npx tsx docs/derive-kms-model.ts service-2.json
 *
 * The argument is the model of the service as botocore carries it (Apache-2.0; `botocore/data/kms/2014-11-01/` beside
 * any awscli): names, order, limits and patterns come from it. Operations, members and values that only the installed
 * `@aws-sdk/client-kms` has are added. test/kms/validate.test.ts says what a newer client has.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SdkStructure, sdkEnumerations, sdkInputs, sdkStructures } from "./sdk-model.ts";

interface ModelShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly enum?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly members?: { readonly [name: string]: { readonly shape: string } };
  readonly required?: readonly string[];
}

interface Model {
  readonly operations: { readonly [name: string]: { readonly input?: { readonly shape: string } } };
  readonly shapes: { readonly [name: string]: ModelShape };
}

/** Orders that AWS was seen to print in its messages (facts of recorded answers); the rest follows in the model's. */
const PRINTED_FIRST: { readonly [shape: string]: readonly string[] } = {
  EncryptionAlgorithmSpec: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE", "SYMMETRIC_DEFAULT"],
  DataKeySpec: ["AES_256", "AES_128"],
  DataKeyPairSpec: [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
  ],
  KeySpec: [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
  ],
  KeyUsageType: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"],
  MacAlgorithmSpec: ["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"],
  SigningAlgorithmSpec: [
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "ED25519_SHA_512",
    "ED25519_PH_SHA_512",
    "SM2DSA",
    "ML_DSA_SHAKE_256",
  ],
};

/** Patterns that AWS was seen to print and that no published model has. */
const PRINTED_PATTERN: { readonly [shape: string]: string } = { KeyIdType: "^\\p{ASCII}+$" };

/** Values that AWS takes without listing them. */
const UNLISTED: { readonly [shape: string]: readonly string[] } = { SigningAlgorithmSpec: ["SYMMETRIC_DEFAULT"] };

/** Shapes of members that only the client has: it names none. Limits are those of newer models (facts of that member). */
const SERVICE_PRINCIPAL = "ServicePrincipalType";
const SHAPES_OF_NEW_MEMBERS: { readonly [member: string]: string } = {
  EncapsulationAlgorithm: "EncapsulationAlgorithmSpec",
  GranteeServicePrincipal: SERVICE_PRINCIPAL,
  RetiringServicePrincipal: SERVICE_PRINCIPAL,
  SharedSecretCiphertextBlob: "CiphertextType",
  SourceArn: "GrantConstraintSourceArnType",
};
const NEW_SHAPES: { readonly [name: string]: ModelShape } = {
  EncapsulationAlgorithmSpec: { type: "string", enum: [] },
  GrantConstraintSourceArnType: {
    type: "string",
    min: 20,
    max: 512,
    pattern: "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$",
  },
  ServicePrincipalType: {
    type: "string",
    min: 1,
    max: 128,
    pattern: "^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$",
  },
};

const path = process.argv[2];
if (path === undefined) throw new Error("Usage: npx tsx docs/derive-kms-model.ts service-2.json");
const model = JSON.parse(readFileSync(path, "utf8")) as Model;

const shapes = new Map<string, string>();
const inputs = new Map<string, string>();

const client = { structures: sdkStructures(), enumerations: sdkEnumerations() };

for (const [operation, input] of sdkInputs()) {
  const known = model.shapes[model.operations[operation]?.input?.shape ?? ""];
  inputs.set(operation, structure(known, client.structures.get(input)));
}

/** A structure with the members of both models, the older one's first; what is required is the newer one's word. */
function structure(known: ModelShape | undefined, newer: SdkStructure | undefined): string {
  const of = (member: string): string => known?.members?.[member]?.shape ?? shapeOfNewMember(member);
  const members = [...new Set([...Object.keys(known?.members ?? {}), ...(newer?.members ?? [])])];
  for (const member of members) addShape(of(member));
  const needed = newer?.required ?? known?.required ?? [];
  const rows = members.map((member) => `${member}: "${of(member)}"`);
  return `{ type: "structure", members: ${rows.length === 0 ? "{}" : `{ ${rows.join(", ")} }`}, required: ${literal(
    members.filter((member) => needed.includes(member)),
  )} }`;
}

/** A member that the older model does not have: as the table says, or as its namesake in another structure. */
function shapeOfNewMember(member: string): string {
  const given = SHAPES_OF_NEW_MEMBERS[member];
  if (given !== undefined) return given;
  for (const { members } of Object.values(model.shapes)) {
    if (members?.[member] !== undefined) return members[member].shape;
  }
  throw new Error(`Which shape has the new member ${member}? Say so in SHAPES_OF_NEW_MEMBERS.`);
}

function addShape(name: string): void {
  if (shapes.has(name)) return;
  const shape = model.shapes[name] ?? NEW_SHAPES[name];
  if (shape === undefined) throw new Error(`No model has the shape ${name}`);
  shapes.set(name, "");
  for (const inner of [shape.member, shape.key, shape.value]) if (inner !== undefined) addShape(inner.shape);
  shapes.set(name, written(name, shape));
}

function written(name: string, shape: ModelShape): string {
  if (shape.type === "structure") return structure(shape, client.structures.get(name));
  const values = shape.enum === undefined ? undefined : enumeration(name, shape.enum);
  // The limits of an enumeration say nothing beside its values.
  const { min, max, pattern } = values === undefined ? shape : ({} as ModelShape);
  const parts = {
    type: shape.type,
    member: shape.member?.shape,
    key: shape.key?.shape,
    value: shape.value?.shape,
    min,
    max,
    pattern: PRINTED_PATTERN[name] ?? pattern,
    enum: values,
    unlisted: UNLISTED[name],
    sensitive: shape.sensitive,
  };
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  return `{ ${present.map(([key, part]) => `${key}: ${literal(part)}`).join(", ")} }`;
}

function enumeration(name: string, values: readonly string[]): readonly string[] {
  return [...new Set([...(PRINTED_FIRST[name] ?? []), ...values, ...(client.enumerations.get(name) ?? [])])];
}

function literal(part: unknown): string {
  return Array.isArray(part) ? `[${part.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(part);
}

/** `  Name: { … },` in lines of at most 120 characters, broken after a comma. */
function row(name: string, text: string): string {
  const lines: string[] = [];
  let line = `  ${name}:`;
  for (const word of `${text},`.split(/(?<=,) (?=[A-Z"a-z{[])/).flatMap((part) => part.split(/(?<=[{[]) /))) {
    if (line.length + 1 + word.length > 120) {
      lines.push(line);
      line = `    ${word}`;
    } else line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

const sorted = (table: Map<string, string>): string =>
  [...table]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => row(name, text))
    .join("\n");

const text = `/** Written by docs/derive-kms-model.ts from AWS's models of the KMS. Not to be edited by hand. */

/** The named shapes that the inputs of the KMS refer to. */
// biome-ignore format: a table
export const KMS_SHAPES = {
${sorted(shapes)}
} as const;

/** Operation to input: members in the service model's order, and which are required. */
// biome-ignore format: a table
export const INPUTS = {
${sorted(inputs)}
} as const;
`;
writeFileSync(join(import.meta.dirname, "../src/kms/model.ts"), text);
