/** The adversary's alphabet: every call that makes a key, changes one or gives bytes out, on everything in the world. */

import { createHmac, createPublicKey, pbkdf2Sync } from "node:crypto";
import { utf8 } from "../../../src/bytes/bytes.ts";
import type { AttributeName } from "../../../src/cryptoki/attributes.ts";
import { type MechanismChoice, mechanisms } from "../../../src/mechanisms/registry.ts";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { partsOf } from "./blob.ts";
import { ADVERSARY_EC, ADVERSARY_RSA, DERIVATION_KEY, KNOWN, KNOWN_PASSWORD, trueFlags } from "./start.ts";
import { type Bytes, type Key, type Move, nameOf, type Result, type World } from "./world.ts";

/** A call's parameters are the adversary's to choose: a choice is made of a name and whatever it takes. */
const choice = (mechanism: string, params: object = {}): MechanismChoice =>
  ({ mechanism, ...params }) as MechanismChoice;
const offered = (mechanism: string): boolean => (mechanisms as ReadonlyMap<string, unknown>).has(mechanism);

type Flags = readonly AttributeName[];

/** Usages alone, the pairs of which the literature has an attack, and keys that may be read. */
// biome-ignore format: a table
const FLAGS: readonly Flags[] = [
  ["ENCRYPT", "DECRYPT", "SENSITIVE", "EXTRACTABLE"], ["SIGN", "VERIFY", "SENSITIVE", "EXTRACTABLE"],
  ["WRAP", "UNWRAP", "SENSITIVE", "EXTRACTABLE"],     ["DERIVE", "SENSITIVE", "EXTRACTABLE"],
  ["WRAP", "DECRYPT", "SENSITIVE", "EXTRACTABLE"],    ["ENCRYPT", "UNWRAP", "SENSITIVE", "EXTRACTABLE"],
  ["SIGN", "WRAP", "SENSITIVE", "EXTRACTABLE"],       ["WRAP", "DERIVE", "SENSITIVE", "EXTRACTABLE"],
  ["WRAP", "UNWRAP", "EXTRACTABLE"],                  ["ENCRYPT", "DECRYPT", "EXTRACTABLE"],
];
const WRAP_ONLY: Flags = ["WRAP", "UNWRAP", "SENSITIVE", "EXTRACTABLE"];
const MUTABLE = ["ENCRYPT", "DECRYPT", "SIGN", "VERIFY", "WRAP", "UNWRAP", "DERIVE"] as const;

/** What a template asks of an object that has other flags: everything that differs, said. */
function changes(key: Key, flags: Flags): KeyTemplate {
  const differing = [...MUTABLE, "SENSITIVE" as const, "EXTRACTABLE" as const].filter(
    (flag) => key.flags.includes(flag) !== flags.includes(flag),
  );
  return Object.fromEntries(differing.map((flag) => [flag, flags.includes(flag)])) as KeyTemplate;
}

const keyOf = (key: Key): Result => ({ key });
const has = (flag: AttributeName) => (key: Key) => key.flags.includes(flag);

export function* movesOf(world: World): Generator<Move> {
  const keys = [...world.keys.values()];
  const bytes = [...world.bytes.values()];
  if (world.isNew()) {
    yield* generating(world);
    yield* generatingPairs(world);
    yield* creating(world);
  }
  for (const key of keys.filter((one) => world.isNew(one))) yield* readingAndChanging(world, key);
  for (const key of keys.filter(has("WRAP"))) yield* wrapping(world, key, keys);
  for (const key of keys.filter(has("DERIVE")).filter(isBase)) yield* deriving(world, key, bytes);
  for (const key of keys.filter((one) => world.isNew(one) && one.value === MIDDLE)) yield* derivingTwice(world, key);
  for (const key of keys.filter(has("SIGN"))) yield* signing(world, key, bytes);
  for (const key of keys.filter(has("ENCRYPT"))) yield* encrypting(world, key, bytes);
  for (const key of keys.filter(has("UNWRAP"))) yield* unwrapping(world, key, bytes);
  for (const key of keys.filter(has("DECRYPT"))) yield* decrypting(world, key, bytes);
}

// ── Keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function* generating({ session }: World): Generator<Move> {
  const asked = [
    ...FLAGS.map((flags) => ["a", 32, flags] as const),
    ["b", 32, WRAP_ONLY] as const,
    ["c", 16, WRAP_ONLY] as const,
  ];
  for (const [which, bytes, flags] of asked) {
    const value = `${which}${FLAGS.findIndex((one) => one.join() === flags.join())}`;
    const made = { class: "SECRET_KEY", type: "AES", value, flags, bits: 8 * bytes, secret: false } as const;
    const run = (): Result => ({
      key: { ...made, handle: session.generateKey(choice("AES_KEY_GEN"), { VALUE_LEN: bytes, ...trueFlags(flags) }) },
    });
    yield { name: `C_GenerateKey(AES_KEY_GEN) -> ${value} {${flags.join(" ")}}`, from: [], run };
  }
  if (!offered("PKCS5_PBKD2")) return;
  for (const flags of FLAGS) {
    const made = { class: "SECRET_KEY", type: "AES", value: "password key", flags, bits: 256, secret: false } as const;
    const mechanism = choice("PKCS5_PBKD2", {
      prf: "SHA256_HMAC",
      password: KNOWN_PASSWORD,
      salt: KNOWN,
      iterations: 1000,
    });
    const template: KeyTemplate = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32, ...trueFlags(flags) };
    const run = (): Result => ({ key: { ...made, handle: session.generateKey(mechanism, template) } });
    yield { name: `C_GenerateKey(PKCS5_PBKD2, known password) {${flags.join(" ")}}`, from: [], run };
  }
}

/** What the adversary knows of a key made from a password. */
export const PASSWORD_KEY: Uint8Array = pbkdf2Sync(KNOWN_PASSWORD, KNOWN, 1000, 32, "sha256");

// biome-ignore format: a table
const PAIRS: readonly (readonly [publicFlags: Flags, privateFlags: Flags])[] = [
  [["ENCRYPT"], ["DECRYPT"]], [["WRAP"], ["UNWRAP"]], [["WRAP"], ["DECRYPT"]], [["ENCRYPT"], ["UNWRAP"]],
];

/** RSA pairs; the public halves' twins are the private ones', so both come from one call. */
function* generatingPairs({ session }: World): Generator<Move> {
  for (const [index, [publicFlags, privateFlags]] of PAIRS.entries()) {
    const value = `rsa${index}`;
    const mechanism = choice("RSA_PKCS_KEY_PAIR_GEN", { modulusBits: 2048 });
    const flags = [...privateFlags, "SENSITIVE" as const, "EXTRACTABLE" as const];
    let pair: ReturnType<typeof session.generateKeyPair> | undefined;
    const made = (): NonNullable<typeof pair> => {
      pair ??= session.generateKeyPair(mechanism, trueUsages(publicFlags), trueFlags(flags));
      return pair;
    };
    const common = { type: "RSA", value, bits: 112, secret: false } as const;
    const halves = [
      { ...common, class: "PUBLIC_KEY", flags: publicFlags, half: "publicKey" },
      { ...common, class: "PRIVATE_KEY", flags, half: "privateKey" },
    ] as const;
    for (const { half, ...key } of halves)
      yield {
        name: `C_GenerateKeyPair(RSA) -> ${value} {${publicFlags.join(" ")}} {${flags.join(" ")}}, the ${half}`,
        from: [],
        run: () => ({ key: { ...key, handle: made()[half] } }),
      };
  }
}

function trueUsages(flags: Flags): KeyTemplate {
  return Object.fromEntries(flags.map((flag) => [flag, true])) as KeyTemplate;
}

/** Keys that the adversary knows: a secret one, and an RSA public key. */
function* creating({ session }: World): Generator<Move> {
  for (const flags of FLAGS) {
    const made = { class: "SECRET_KEY", type: "AES", value: "known", flags, bits: 256, secret: false } as const;
    const template: KeyTemplate = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: KNOWN, ...trueFlags(flags) };
    const run = (): Result => ({ key: { ...made, handle: session.createObject(template) } });
    yield { name: `C_CreateObject(AES, known value) {${flags.join(" ")}}`, from: [], run };
  }
  const jwk = createPublicKey(ADVERSARY_RSA).export({ format: "jwk" });
  const of = (member: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(member ?? "", "base64url"));
  const modulus: KeyTemplate = { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS: of(jwk.n), PUBLIC_EXPONENT: of(jwk.e) };
  for (const flags of [["WRAP"], ["ENCRYPT"], ["WRAP", "ENCRYPT"]] as const) {
    const made = {
      class: "PUBLIC_KEY",
      type: "RSA",
      value: "adversary's RSA",
      flags,
      bits: 112,
      secret: false,
    } as const;
    const run = (): Result => ({
      key: { ...made, handle: session.createObject({ ...modulus, ...trueUsages(flags) }) },
    });
    yield { name: `C_CreateObject(adversary's RSA public key) {${flags.join(" ")}}`, from: [], run };
  }
}

const VALUES = ["VALUE", "PRIVATE_EXPONENT", "PRIME_1"] as const;

function* readingAndChanging({ session }: World, key: Key): Generator<Move> {
  if (key.class === "PUBLIC_KEY") return;
  for (const attribute of VALUES)
    yield {
      name: `C_GetAttributeValue(${nameOf(key)}, CKA_${attribute})`,
      from: [key],
      run: () => ({
        bytes: {
          bytes: session.getAttributes(key.handle, [attribute])[attribute] as Uint8Array,
          name: `${attribute} of ${key.value}`,
          kind: "known",
        },
        ...(key.secret && { unsafe: `${key.value} is a secret, or derived from one` }),
      }),
    };
  if (key.class === "SECRET_KEY")
    yield {
      name: `C_DigestKey(SHA256, ${nameOf(key)})`,
      from: [key],
      run: () => {
        session.digestInit("SHA256");
        session.digestKey(key.handle);
        return {
          bytes: { bytes: session.digestFinal(), name: `SHA256 of ${key.value}`, kind: "released" },
          ...(key.secret && { unsafe: `a digest of ${key.value} is what one-step key derivation makes of it` }),
        };
      },
    };
  for (const flags of FLAGS) {
    const template = changes(key, flags);
    if (Object.keys(template).length === 0) continue;
    const text = Object.entries(template)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
    yield {
      name: `C_CopyObject(${nameOf(key)}, ${text})`,
      from: [key],
      run: () => keyOf({ ...key, flags, handle: session.copyObject(key.handle, template) }),
    };
    yield {
      name: `C_SetAttributeValue(a copy of ${nameOf(key)}, ${text})`,
      from: [key],
      run: () => {
        const handle = session.copyObject(key.handle);
        session.setAttributes(handle, template);
        return keyOf({ ...key, flags, handle });
      },
    };
  }
}

// ── Wrapping ───────────────────────────────────────────────────────────────────────────────────────────────────────

const IV = new Uint8Array(16);

/** Mechanisms that may wrap or unwrap under some policy, with parameters. */
// biome-ignore format: a table
const WRAPPING: readonly MechanismChoice[] = [
  choice("PHSM_BOUND_WRAP"), choice("AES_KEY_WRAP"), choice("AES_KEY_WRAP_KWP"), choice("AES_CBC_PAD", { iv: IV }),
  choice("AES_ECB"), choice("AES_CBC", { iv: IV }), choice("RSA_X_509"),
  choice("AES_GCM", { iv: IV.subarray(0, 12) }), choice("RSA_PKCS"), choice("RSA_PKCS_OAEP", { hash: "SHA256" }),
].filter(isOffered);

function isOffered(one: MechanismChoice): boolean {
  return offered(labelOf(one));
}

function labelOf(one: MechanismChoice): string {
  return typeof one === "string" ? one : one.mechanism;
}

/** What is worth wrapping: the owner's keys, and keys that wrap. Of what is derived, the base key is. */
const isTarget = ({ class: kind, flags, value }: Key): boolean =>
  kind !== "PUBLIC_KEY" && flags.includes("EXTRACTABLE") && (/^[KDRE]$/.test(value) || flags.includes("WRAP"));

function* wrapping(world: World, wrappingKey: Key, keys: readonly Key[]): Generator<Move> {
  const { session } = world;
  for (const key of keys.filter(isTarget).filter((one) => world.isNew(wrappingKey, one)))
    for (const mechanism of WRAPPING) {
      const name = `${labelOf(mechanism)} of ${nameOf(key)} under ${wrappingKey.value}`;
      const weaker = key.secret && wrappingKey.bits < key.bits;
      yield {
        name: `C_WrapKey(${labelOf(mechanism)}, ${nameOf(wrappingKey)}, ${nameOf(key)})`,
        from: [wrappingKey, key],
        run: () => ({
          bytes: { bytes: session.wrapKey(mechanism, wrappingKey.handle, key.handle), name, kind: "wrapped" },
          ...(weaker && { unsafe: `${key.value} of ${key.bits} bits is behind ${wrappingKey.bits} bits` }),
        }),
      };
    }
}

function* unwrapping(world: World, key: Key, bytes: readonly Bytes[]): Generator<Move> {
  const { session } = world;
  const news = bytes.filter((one) => world.isNew(key, one));
  for (const blob of news.filter(({ kind }) => kind === "wrapped" || kind === "encrypted"))
    for (const mechanism of WRAPPING) {
      const pairing = `C_UnwrapKey(${labelOf(mechanism)}, ${nameOf(key)}`;
      const from = [key, blob];
      const call = `${pairing}, [${blob.name}]`;
      const content = /of (\S+)/.exec(blob.name)?.[1] ?? blob.name;
      const common = { class: "SECRET_KEY", type: "AES", value: content, bits: 256, secret: content === "K" } as const;
      for (const flags of FLAGS) {
        if (world.isRefused(pairing)) break;
        const template: KeyTemplate = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", ...trueFlags(flags) };
        const run = (): Result => ({
          key: { ...common, flags, handle: session.unwrapKey(mechanism, key.handle, blob.bytes, template) },
        });
        yield { name: `${call}, {${flags.join(" ")}})`, from, run, pairing };
      }
    }
}

// ── Derivation, signatures, encryption ─────────────────────────────────────────────────────────────────────────────

/** Keys derived from derived ones are what their bases are. */
const isBase = ({ value }: Key): boolean => !value.includes("(");

const peer = (): Uint8Array => {
  const { x = "", y = "" } = createPublicKey(ADVERSARY_EC).export({ format: "jwk" });
  return Uint8Array.of(4, ...Buffer.from(x, "base64url"), ...Buffer.from(y, "base64url"));
};
const WRAP_LABEL = utf8("POCKET-HSM WRAP");

/** The input by which the sub-key of a bound blob is derived from its wrapping key. */
const subKeyInput = (nonce: Uint8Array): object => ({ prf: "SHA256_HMAC", label: WRAP_LABEL, context: nonce });

function* deriving(world: World, key: Key, bytes: readonly Bytes[]): Generator<Move> {
  const { session } = world;
  const news = bytes.filter((one) => world.isNew(key, one));
  const subKeys = news.flatMap((blob) => {
    const parts = partsOf(blob);
    return parts
      ? [
          {
            text: `sub-key of [${blob.name}]`,
            from: [blob],
            mechanism: choice("SP800_108_COUNTER_KDF", subKeyInput(parts.nonce)),
          },
        ]
      : [];
  });
  const others = [
    { text: "info", from: [], mechanism: choice("HKDF_DERIVE", { hash: "SHA256", expand: true, info: KNOWN }) },
    { text: "label", from: [], mechanism: choice("SP800_108_COUNTER_KDF", { label: KNOWN }) },
    { text: "adversary's point", from: [], mechanism: choice("ECDH1_DERIVE", { publicData: peer() }) },
    { text: "cut from bit 8", from: [], mechanism: choice("EXTRACT_KEY_FROM_KEY", { bit: 8 }) },
    { text: "the raw secret", from: [], mechanism: choice("PHSM_ECDH_SHARED_SECRET", { publicData: peer() }) },
  ];
  if (key.secret && world.isNew(key)) yield* cuttingOneByte(session, key);
  if (key.value === "D" && world.isNew(key)) yield* derivingMiddle(session, key);
  for (const { text, from, mechanism } of [...subKeys, ...(world.isNew(key) ? others : [])])
    for (const flags of FLAGS) {
      const value = `${labelOf(mechanism)}(${key.value}, ${text})`;
      const made = { class: "SECRET_KEY", type: "AES", value, flags, bits: key.bits, secret: key.secret } as const;
      const template: KeyTemplate = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32, ...trueFlags(flags) };
      yield {
        name: `C_DeriveKey(${labelOf(mechanism)}, ${nameOf(key)}, ${text}) {${flags.join(" ")}}`,
        from: [key, ...from],
        run: () => ({ key: { ...made, handle: session.deriveKey(mechanism, key.handle, template) } }),
      };
    }
}

const MIDDLE = "KDF(D, label)";
const KDF = choice("SP800_108_COUNTER_KDF", { label: KNOWN });
/** The one block of {@link KDF} for 32 bytes: [1] ‖ label ‖ 00 ‖ [256] (SP 800-108 r1, 4.1). */
const KDF_BLOCK = Uint8Array.of(0, 0, 0, 1, ...KNOWN, 0, 0, 0, 1, 0);
const kdf = (base: Uint8Array): Uint8Array => createHmac("sha256", base).update(KDF_BLOCK).digest();

/** A generic secret between D and a key derived from it, for every use. */
function* derivingMiddle(session: World["session"], key: Key): Generator<Move> {
  const made = { class: "SECRET_KEY", type: "GENERIC_SECRET", value: MIDDLE, bits: 256, secret: true } as const;
  for (const flags of FLAGS) {
    const template: KeyTemplate = { VALUE_LEN: 32, ...trueFlags(flags) };
    yield {
      name: `C_DeriveKey(SP800_108_COUNTER_KDF, ${nameOf(key)}, label) -> ${MIDDLE} {${flags.join(" ")}}`,
      from: [key],
      run: () => ({ key: { ...made, flags, handle: session.deriveKey(KDF, key.handle, template) } }),
    };
  }
}

/** What is derived from the key between is its owner's secret; the KDF is a MAC, which the adversary asks for. */
function* derivingTwice({ session }: World, key: Key): Generator<Move> {
  const name = `KDF(${MIDDLE}, label)`;
  const flags = ["ENCRYPT", "DECRYPT", "SENSITIVE", "EXTRACTABLE"] as const;
  const made = { class: "SECRET_KEY", type: "AES", value: name, flags, bits: 256, secret: true } as const;
  const template: KeyTemplate = { KEY_TYPE: "AES", VALUE_LEN: 32, ...trueFlags(flags) };
  if (has("DERIVE")(key))
    yield {
      name: `C_DeriveKey(SP800_108_COUNTER_KDF, ${nameOf(key)}, label)`,
      from: [key],
      run: () => ({
        key: { ...made, handle: session.deriveKey(KDF, key.handle, template) },
        secret: { name, bytes: kdf(kdf(DERIVATION_KEY)) },
      }),
    };
  if (has("SIGN")(key))
    yield {
      name: `C_Sign(SHA256_HMAC, ${nameOf(key)}, the KDF's block of the label)`,
      from: [key],
      run: () => {
        const mac = session.sign(choice("SHA256_HMAC"), key.handle, KDF_BLOCK);
        return { bytes: { bytes: mac, name: `HMAC by ${MIDDLE} of the label`, kind: "released" } };
      },
    };
}

/** A key of one byte is found by trying all of them: a MAC by it tells which. */
function* cuttingOneByte(session: World["session"], key: Key): Generator<Move> {
  const flags = ["SIGN", "VERIFY", "SENSITIVE", "EXTRACTABLE"] as const;
  const value = `first byte of ${key.value}`;
  const made = { class: "SECRET_KEY", type: "GENERIC_SECRET", value, flags, bits: 8, secret: true } as const;
  const template: KeyTemplate = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE_LEN: 1, ...trueFlags(flags) };
  yield {
    name: `C_DeriveKey(EXTRACT_KEY_FROM_KEY, ${nameOf(key)}, one byte)`,
    from: [key],
    run: () => ({
      key: { ...made, handle: session.deriveKey(choice("EXTRACT_KEY_FROM_KEY", { bit: 0 }), key.handle, template) },
      unsafe: `a key of 8 bits, which is found by trying, is a part of ${key.value}`,
    }),
  };
}

function* signing(world: World, key: Key, bytes: readonly Bytes[]): Generator<Move> {
  const { session } = world;
  const news = bytes.filter((one) => world.isNew(key, one));
  for (const blob of news) {
    const parts = partsOf(blob);
    if (parts === undefined || !offered("SHA256_HMAC")) continue;
    // One block of SP 800-108 in counter mode: [1] ‖ label ‖ 00 ‖ context ‖ [256].
    const block = Uint8Array.of(0, 0, 0, 1, ...WRAP_LABEL, 0, ...parts.nonce, 0, 0, 1, 0);
    yield {
      name: `C_Sign(SHA256_HMAC, ${nameOf(key)}, the KDF's block of [${blob.name}])`,
      from: [key, blob],
      run: () => ({
        bytes: {
          bytes: session.sign(choice("SHA256_HMAC"), key.handle, block),
          name: `HMAC by ${key.value} of [${blob.name}]`,
          kind: "known",
        },
      }),
    };
  }
}

function* encrypting(world: World, key: Key, bytes: readonly Bytes[]): Generator<Move> {
  const { session } = world;
  const news = bytes.filter((one) => world.isNew(key, one));
  for (const plain of news.filter(({ kind, bytes: { length } }) => kind === "known" && length === 32))
    for (const mechanism of WRAPPING) {
      const name = `${labelOf(mechanism)} of ${plain.name.replaceAll(" ", "-")} encrypted with ${key.value}`;
      yield {
        name: `C_Encrypt(${labelOf(mechanism)}, ${nameOf(key)}, [${plain.name}])`,
        from: [key, plain],
        run: () => ({ bytes: { bytes: session.encrypt(mechanism, key.handle, plain.bytes), name, kind: "encrypted" } }),
      };
    }
}

function* decrypting(world: World, key: Key, bytes: readonly Bytes[]): Generator<Move> {
  const { session } = world;
  const news = bytes.filter((one) => world.isNew(key, one));
  for (const blob of news.filter(({ kind }) => kind === "wrapped")) {
    const parts = partsOf(blob);
    const ways: (readonly [MechanismChoice, Uint8Array])[] = WRAPPING.map((mechanism) => [mechanism, blob.bytes]);
    if (parts !== undefined) {
      const { counter, sealed } = parts;
      ways.push([choice("AES_CTR", { counter, counterBits: 32 }), sealed]);
      ways.push([choice("AES_GCM", { iv: parts.iv, aad: parts.head }), sealed]);
    }
    for (const [mechanism, input] of ways)
      yield {
        name: `C_Decrypt(${labelOf(mechanism)}, ${nameOf(key)}, [${blob.name}])`,
        from: [key, blob],
        run: () => ({
          bytes: {
            bytes: session.decrypt(mechanism, key.handle, input),
            name: `[${blob.name}] decrypted with ${nameOf(key)} by ${labelOf(mechanism)}`,
            kind: "released",
          },
        }),
      };
  }
}
