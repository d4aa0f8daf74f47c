/**
 * Attributes and secrets of a key as CBOR (RFC 8949): arrays of [code, value], sorted by code, of nothing but unsigned
 * integers and byte strings, so that one key has one encoding. Reading encodes again and compares.
 */

import { equalBytes, utf8, wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import { type CborDialect, decodeCbor, PREFERRED } from "../cbor/decode.ts";
import { encodeCbor } from "../cbor/encode.ts";
import { MAJOR } from "../cbor/items.ts";
import {
  type AttributeKind,
  type AttributeName,
  type AttributeValue,
  CKA,
  type Template,
  UNAVAILABLE,
} from "../cryptoki/attributes.ts";
import { CKK, CKM, CKO } from "../cryptoki/constants.ts";
import type { SecretValues, TokenObject } from "../objects/object.ts";

type CborValue = number | Uint8Array | readonly CborValue[];
const DIALECT: CborDialect = { ...PREFERRED, majorTypes: [MAJOR.UNSIGNED, MAJOR.BYTES, MAJOR.ARRAY] };

type Pair = readonly [code: number, value: CborValue];

/** Not bound: where the object lives, its identity there, and what only the SO of that token can say. */
const UNBOUND: ReadonlySet<AttributeName> = new Set<AttributeName>(["TOKEN", "UNIQUE_ID", "TRUSTED"]);

/** The attributes that are kept as secrets (PKCS #11 v3.1, 6.1, 6.3 and 6.8). */
const SECRET_CODES: ReadonlySet<number> = new Set(
  (["VALUE", "SEED", "PRIVATE_EXPONENT", "PRIME_1", "PRIME_2", "EXPONENT_1", "EXPONENT_2", "COEFFICIENT"] as const).map(
    (name): number => CKA[name][0],
  ),
);

const NAMES: ReadonlyMap<number, AttributeName> = new Map(
  Object.entries(CKA).map(([name, [code]]) => [code, name as AttributeName]),
);

interface Codec {
  readonly encode: (value: never) => CborValue;
  readonly decode: (plain: CborValue) => AttributeValue;
}

/** Names by code, for values that are constants. */
function named<N extends string>(table: Readonly<Record<N, number>>): Codec {
  const names = new Map(Object.entries<number>(table).map(([name, code]) => [code, name as N]));
  return {
    encode: (name: N) => table[name],
    decode: (code) => known(names.get(code as number)) as AttributeValue,
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("not a value of its kind");
  return value;
}

const mechanism = named({ ...CKM, [UNAVAILABLE]: 0xffff_ffff });
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const bytes: Codec = {
  encode: (value: Uint8Array) => value,
  decode: (plain) => Uint8Array.from(plain as Uint8Array),
};

const string: Codec = {
  encode: (value: string) => utf8(value),
  decode: (plain) => text.decode(plain as Uint8Array),
};

const CODECS: Readonly<Record<AttributeKind, Codec>> = {
  bool: { encode: (value: boolean) => Number(value), decode: (plain) => plain === 1 },
  text: string,
  date: string,
  bytes,
  integer: bytes,
  number: { encode: (value: number) => value, decode: (plain) => plain as number },
  class: named(CKO),
  keyType: named(CKK),
  mechanism,
  mechanisms: {
    encode: (names: readonly never[]) => names.map(mechanism.encode),
    decode: (plain) => (plain as readonly CborValue[]).map(mechanism.decode) as unknown as AttributeValue,
  },
  template: { encode: (value: Template) => pairsOf(value), decode: (plain) => templateOf(plain as readonly Pair[]) },
};

function sorted(pairs: Pair[]): Pair[] {
  return pairs.sort(([a], [b]) => a - b);
}

function pairsOf(attributes: Template, omitted: ReadonlySet<AttributeName> = new Set()): Pair[] {
  const pairs: Pair[] = [];
  for (const [name, value] of Object.entries(attributes) as [AttributeName, AttributeValue | undefined][]) {
    if (value === undefined || omitted.has(name)) continue;
    const [code, kind] = CKA[name];
    pairs.push([code, CODECS[kind].encode(value as never)]);
  }
  return sorted(pairs);
}

function templateOf(pairs: readonly Pair[]): Template {
  return Object.fromEntries(
    pairs.map(([code, value]) => {
      const name = known(NAMES.get(code));
      return [name, CODECS[CKA[name][1]].decode(value)];
    }),
  ) as Template;
}

/** The attributes of a key that a wrapped blob binds. */
export function encodeAttributes(attributes: Template): Uint8Array {
  return encodeCbor(pairsOf(attributes, UNBOUND));
}

/** The attributes of {@link encodeAttributes}, or `undefined` for any other bytes. */
export function decodeAttributes(encoded: Uint8Array): Template | undefined {
  try {
    const attributes = templateOf(decodeCbor(encoded, DIALECT) as readonly Pair[]);
    return equalBytes(encodeAttributes(attributes), encoded) ? attributes : undefined;
  } catch {
    return undefined;
  }
}

/** The secrets of a key; the caller wipes them. */
export function encodeSecrets(target: TokenObject): Uint8Array {
  const pairs = [...target.secretNames()].map(
    (name): Pair => [CKA[name][0], target.secret(name).use((value) => value)],
  );
  return encodeCbor(sorted(pairs));
}

/** The secrets of {@link encodeSecrets}, copies, or `undefined` for any other bytes. */
export function decodeSecrets(encoded: Uint8Array): SecretValues | undefined {
  try {
    const pairs = decodeCbor(encoded, DIALECT) as readonly Pair[];
    const again = encodeCbor(sorted([...pairs]));
    const same = equalBytes(again, encoded);
    wipe(again);
    const isSecret = ([code, value]: Pair): boolean => SECRET_CODES.has(code) && value instanceof Uint8Array;
    if (!same || !pairs.every(isSecret)) return undefined;
    return Object.fromEntries(
      pairs.map(([code, value]) => [NAMES.get(code), new Secret(Uint8Array.from(value as Uint8Array))]),
    ) as SecretValues;
  } catch {
    return undefined;
  }
}
