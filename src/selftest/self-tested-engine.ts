import type {
  CurveName,
  Engine,
  HashName,
  MlDsaSet,
  MlKemSet,
  SlhDsaSet,
  XCurveName,
  XofName,
} from "../crypto/engine.ts";
import type { KnownAnswerName } from "./all.ts";

/** What stands before some members of an engine: the tests that must have passed, and whether they have. */
interface Gate {
  readonly tests: readonly KnownAnswerName[];
  open: boolean;
}

/** The gates of members whose first argument says which algorithm it is. */
type Gates<K extends string> = Record<K, Gate>;

export interface TestedEngine {
  readonly engine: Engine;
  /** Closes every gate. */
  reset(): void;
}

/**
 * The tests before each member of an {@link Engine}, which is where the token's cryptography comes from. They are run
 * when a key is prepared, so that what comes out is the engine's own object and an operation costs nothing more. The
 * schemes of `crypto/` that run on prepared keys (CCM, the KDFs) are tested with the keys they run on.
 */
const TESTS = {
  hash: (hash: HashName): KnownAnswerName[] => [hash],
  xof: (xof: XofName): KnownAnswerName[] => [xof],
  pbkdf2: (hash: HashName): KnownAnswerName[] => ["PBKDF2", `HMAC-${hash}`],
  hmac: (hash: HashName): KnownAnswerName[] => [`HMAC-${hash}`, "HKDF", "KDF SP 800-108"],
  aesGcm: ["AES-GCM"],
  aesCbc: ["AES-CBC"],
  aes: ["AES-GCM", "AES-CBC", "AES-CTR", "AES-CMAC", "AES-KW", "AES-KWP", "CCM"],
  sm4: ["SM4-GCM", "SM4-CBC", "SM4-CTR", "CCM"],
  sm2Public: ["SM2 verify", "SM2 encrypt"],
  sm2Private: ["SM2 sign", "SM2 decrypt", "SM2 agreement", "KDF X9.63"],
  ecPublic: (curve: CurveName): KnownAnswerName[] => [`ECDSA ${curve} verify`],
  ecPrivate: (curve: CurveName): KnownAnswerName[] => [`ECDSA ${curve} sign`, `ECDH ${curve}`, "KDF X9.63"],
  edPublic: ["Ed25519 verify"],
  edPrivate: ["Ed25519 sign"],
  ed448Public: ["Ed448 verify"],
  ed448Private: ["Ed448 sign"],
  xPrivate: (curve: XCurveName): KnownAnswerName[] => [curve, "KDF X9.63"],
  mlDsa: (set: MlDsaSet): KnownAnswerName[] => [set],
  slhDsa: (set: SlhDsaSet): KnownAnswerName[] => [set.startsWith("SLH-DSA-SHA2") ? "SLH-DSA SHA2" : "SLH-DSA SHAKE"],
  mlKem: (set: MlKemSet): KnownAnswerName[] => [set],
  rsaPublic: ["RSA verify", "RSA encrypt"],
  rsaPrivate: ["RSA sign", "RSA decrypt"],
} as const;

/** The engine with a gate before each of its members; `require` runs a test, or throws. */
export function selfTestedEngine(engine: Engine, require: (name: KnownAnswerName) => void): TestedEngine {
  const all: Gate[] = [];

  function gate(tests: readonly KnownAnswerName[]): Gate {
    const made = { tests, open: false };
    all.push(made);
    return made;
  }

  /** A gate for each name that is asked for. */
  function gates<K extends string>(testsOf: (name: K) => readonly KnownAnswerName[]): (name: K) => Gate {
    const made: Partial<Gates<K>> = Object.create(null);
    return (name) => {
      made[name] ??= gate(testsOf(name));
      return made[name] as Gate;
    };
  }

  /** The engine, once the tests have passed. */
  function after(before: Gate): Engine {
    return before.open ? engine : opened(before);
  }

  function opened(before: Gate): Engine {
    for (const name of before.tests) require(name);
    before.open = true;
    return engine;
  }

  const hash = gates(TESTS.hash);
  const xof = gates(TESTS.xof);
  const pbkdf2 = gates(TESTS.pbkdf2);
  const hmac = gates(TESTS.hmac);
  const aesModes = { GCM: gate(TESTS.aesGcm), CBC: gate(TESTS.aesCbc), any: gate(TESTS.aes) };
  const sm4 = gate(TESTS.sm4);
  const sm2Public = gate(TESTS.sm2Public);
  const sm2Private = gate(TESTS.sm2Private);
  const ecPublic = gates(TESTS.ecPublic);
  const ecPrivate = gates(TESTS.ecPrivate);
  const edPublic = gate(TESTS.edPublic);
  const edPrivate = gate(TESTS.edPrivate);
  const ed448Public = gate(TESTS.ed448Public);
  const ed448Private = gate(TESTS.ed448Private);
  const xPrivate = gates(TESTS.xPrivate);
  const mlDsa = gates(TESTS.mlDsa);
  const slhDsa = gates(TESTS.slhDsa);
  const mlKem = gates(TESTS.mlKem);
  const rsaPublic = gate(TESTS.rsaPublic);
  const rsaPrivate = gate(TESTS.rsaPrivate);

  return {
    engine: {
      name: engine.name,
      ...(engine.threads && { threads: engine.threads }),
      ...(engine.drbgCipher && { drbgCipher: engine.drbgCipher }),
      digest: (name, data) => after(hash(name)).digest(name, data),
      hash: (name) => after(hash(name)).hash(name),
      xof: (name, byteLength) => after(xof(name)).xof(name, byteLength),
      pbkdf2: (password, params, byteLength) => after(pbkdf2(params.hash)).pbkdf2(password, params, byteLength),
      hmac: (name, key) => after(hmac(name)).hmac(name, key),
      aes: (key: Uint8Array, mode: keyof typeof aesModes = "any") => after(aesModes[mode]).aes(key),
      sm4: (key) => after(sm4).sm4(key),
      sm2Public: (point) => after(sm2Public).sm2Public(point),
      sm2Private: (scalar) => after(sm2Private).sm2Private(scalar),
      sm2Generate: (rng) => after(sm2Private).sm2Generate(rng),
      ecPublic: (curve, point) => after(ecPublic(curve)).ecPublic(curve, point),
      ecPrivate: (curve, scalar) => after(ecPrivate(curve)).ecPrivate(curve, scalar),
      ecGenerate: (curve, rng) => after(ecPrivate(curve)).ecGenerate(curve, rng),
      edPublic: (point) => after(edPublic).edPublic(point),
      edPrivate: (seed) => after(edPrivate).edPrivate(seed),
      ed448Public: (point) => after(ed448Public).ed448Public(point),
      ed448Private: (seed) => after(ed448Private).ed448Private(seed),
      xPrivate: (curve, key) => after(xPrivate(curve)).xPrivate(curve, key),
      mlDsa: (set) => after(mlDsa(set)).mlDsa(set),
      slhDsa: (set) => after(slhDsa(set)).slhDsa(set),
      mlKem: (set) => after(mlKem(set)).mlKem(set),
      rsaPublic: (n, e) => after(rsaPublic).rsaPublic(n, e),
      rsaPrivate: (components) => after(rsaPrivate).rsaPrivate(components),
      rsaGenerate: (bits, e, rng) => after(rsaPrivate).rsaGenerate(bits, e, rng),
    },
    reset() {
      for (const each of all) each.open = false;
    },
  };
}
