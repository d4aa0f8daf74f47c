/** HashML-DSA and HashSLH-DSA against ACVP's vectors and against noble's own formatting of pre-hashed messages. */

import * as sha2 from "@noble/hashes/sha2.js";
import * as sha3 from "@noble/hashes/sha3.js";
import { ml_dsa44, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import { joinAcvp, parseAcvp } from "../../src/conformance/parsers/acvp.ts";
import type { JsonObject } from "../../src/conformance/parsers/json.ts";
import { CKP } from "../../src/cryptoki/constants.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { ckrOf } from "../support/ckr.ts";
import { readVectors } from "../support/vectors.ts";

const session = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
const READABLE = { sensitive: false, extractable: true } as const;
const text = (fields: JsonObject, name: string): string => fields[name] as string;
const hex = (fields: JsonObject, name: string): Uint8Array => fromHex(text(fields, name).toLowerCase());

/** The mechanism's suffix of a hash of ACVP; two hashes have none. */
function suffixOf(hashAlg: string): string {
  return hashAlg.replace("SHA2-", "SHA").replace("SHAKE-", "SHAKE").replaceAll(/[-/]/g, "_");
}

/** The mechanism that hashes, or the one over digests where there is none, with what it is to be given. */
function prepared(
  type: "ML_DSA" | "SLH_DSA",
  fields: JsonObject,
  more: object,
): readonly [MechanismChoice, Uint8Array] {
  const hash = suffixOf(text(fields, "hashAlg"));
  const common = { context: hex(fields, "context"), ...more };
  if (!/^SHA512_2/.test(hash)) return [choice(`HASH_${type}_${hash}`, common), hex(fields, "message")];
  const digest = session.digest(choice(hash, {}), hex(fields, "message"));
  return [choice(`HASH_${type}`, { ...common, hash }), digest];
}

const choice = (mechanism: string, params: object): MechanismChoice => ({ mechanism, ...params }) as MechanismChoice;

function preHashedOf(file: string) {
  return joinAcvp(parseAcvp(readVectors(file))).filter(({ group }) => group["preHash"] === "preHash");
}

const setOf = (fields: JsonObject): number => CKP.SLH_DSA[text(fields, "parameterSet") as "SLH-DSA-SHA2-128f"];

test("ACVP's pre-hashed SLH-DSA signatures verify, and those that should not do not", () => {
  const seen = new Set<string>();
  for (const file of ["SLH-DSA-sigGen-FIPS205-trim1.json", "SLH-DSA-sigVer-FIPS205-trim1.json"])
    for (const { test: own, group, expected } of preHashedOf(file)) {
      const fields = { ...group, ...own, ...expected } as JsonObject;
      const VALUE =
        fields["pk"] === undefined ? hex(fields, "sk").slice(-hex(fields, "sk").length / 2) : hex(fields, "pk");
      const key = {
        CLASS: "PUBLIC_KEY",
        KEY_TYPE: "SLH_DSA",
        PARAMETER_SET: setOf(fields),
        VALUE,
        usage: "sign",
      } as const;
      const publicKey = session.createObject(key);
      const [mechanism, data] = prepared("SLH_DSA", fields, {});
      const verdict = ckrOf(() => session.verify(mechanism, publicKey, data, hex(fields, "signature")));
      expect(verdict === "OK", `${file} ${own["tcId"]}`).toBe(fields["testPassed"] !== false);
      seen.add(text(fields, "hashAlg"));
    }
  expect(seen.size).toBe(11);
});

test("a deterministic pre-hashed SLH-DSA signature is ACVP's", () => {
  const found = preHashedOf("SLH-DSA-sigGen-FIPS205-trim1.json").find(
    ({ group }) => group["deterministic"] === true && group["parameterSet"] === "SLH-DSA-SHA2-128f",
  );
  const fields = { ...found?.group, ...found?.test, ...found?.expected } as JsonObject;
  const [mechanism, data] = prepared("SLH_DSA", fields, { hedge: "DETERMINISTIC_REQUIRED" });
  const VALUE = hex(fields, "sk");
  const template = { CLASS: "PRIVATE_KEY", KEY_TYPE: "SLH_DSA", PARAMETER_SET: setOf(fields), VALUE } as const;
  const privateKey = session.createObject({ ...template, usage: "sign", ...READABLE });
  expect(session.sign(mechanism, privateKey, data)).toEqual(hex(fields, "signature"));
});

const HASHES = [
  ["SHA224", sha2.sha224],
  ["SHA256", sha2.sha256],
  ["SHA384", sha2.sha384],
  ["SHA512", sha2.sha512],
  ["SHA3_224", sha3.sha3_224],
  ["SHA3_256", sha3.sha3_256],
  ["SHA3_384", sha3.sha3_384],
  ["SHA3_512", sha3.sha3_512],
  ["SHAKE128", sha3.shake128_32],
  ["SHAKE256", sha3.shake256_64],
] as const;
const message = new TextEncoder().encode("pre-hashed");
const context = Uint8Array.of(1, 2, 3);

/** noble takes no hash below a set's strength; what SHA-224 and SHA3-224 sign is in ACVP's vectors. */
const STRONG = HASHES.filter(([name]) => !name.endsWith("224"));
const SETS = [["ML-DSA-44", ml_dsa44] as const, ["ML-DSA-87", ml_dsa87] as const] as const;

test.each(STRONG)(
  "HashML-DSA with %s is noble's, in one call and in parts, and over the digest alone",
  (name, hash) => {
    for (const [set, noble] of hash(message).length === 64 ? SETS : SETS.slice(0, 1)) {
      const { publicKey, secretKey } = noble.keygen(new Uint8Array(32).fill(3));
      const common = { KEY_TYPE: "ML_DSA", PARAMETER_SET: CKP.ML_DSA[set], usage: "sign" } as const;
      const priv = session.createObject({ CLASS: "PRIVATE_KEY", VALUE: secretKey, ...common, ...READABLE });
      const pub = session.createObject({ CLASS: "PUBLIC_KEY", VALUE: publicKey, ...common });
      const expected = noble.prehash(hash).sign(message, secretKey, { context, extraEntropy: false });
      const params = { context, hedge: "DETERMINISTIC_REQUIRED" };
      const hashing = choice(`HASH_ML_DSA_${name}`, params);
      expect(session.sign(hashing, priv, message)).toEqual(expected);
      session.signInit(hashing, priv);
      session.signUpdate(message.slice(0, 3));
      session.signUpdate(message.slice(3));
      expect(session.signFinal()).toEqual(expected);
      const over = choice("HASH_ML_DSA", { ...params, hash: name });
      expect(session.sign(over, priv, hash(message))).toEqual(expected);
      expect(session.verify(over, pub, hash(message), expected)).toBe(true);
      session.verifyInit(hashing, pub);
      session.verifyUpdate(message);
      expect(session.verifyFinal(expected)).toBe(true);
      expect(ckrOf(() => session.sign(over, priv, message))).toBe("DATA_LEN_RANGE");
      for (const other of [choice("ML_DSA", { context }), choice(`HASH_ML_DSA_${name}`, {})])
        expect(ckrOf(() => session.verify(other, pub, message, expected))).toBe("SIGNATURE_INVALID");
    }
  },
);

test("under the strict policy the hash is as strong as the key", () => {
  const strict = createHsm().openSession({ readWrite: true });
  const allowed = (mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87") => {
    const { privateKey } = strict.generateKeyPair({ mechanism, parameterSet }, { usage: "sign" });
    return HASHES.map(([name]) => name).filter(
      (name) => ckrOf(() => strict.signInit(choice(`HASH_ML_DSA_${name}`, {}), privateKey)) === "OK" && cancelled(),
    );
  };
  const cancelled = (): true => {
    strict.cancel();
    return true;
  };
  expect(allowed("ML_DSA_KEY_PAIR_GEN", "ML-DSA-44")).toEqual(
    HASHES.map(([name]) => name).filter((name) => !name.endsWith("224")),
  );
  const strong = ["SHA384", "SHA512", "SHA3_384", "SHA3_512", "SHAKE256"];
  expect(allowed("ML_DSA_KEY_PAIR_GEN", "ML-DSA-65")).toEqual(strong);
  expect(allowed("ML_DSA_KEY_PAIR_GEN", "ML-DSA-87")).toEqual(["SHA512", "SHA3_512", "SHAKE256"]);
});
