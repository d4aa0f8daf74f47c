/** RSASSA-PKCS1-v1_5 and RSASSA-PSS through CKM_SHA…_RSA_PKCS(_PSS) and, for the other hashes, on a digest. */

import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { rsaLimits, rsaPublic, unsignedHex } from "../../suites/keys.ts";
import { pkcs1Of, pssOf, unlessPkcs1 } from "../../suites/rsa-hash.ts";
import { unlessPss } from "../../suites/rsa-pss.ts";
import { bytesAt, numberAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import {
  attribute,
  destroyPair,
  generatedPair,
  membersOf,
  requireAnswerable,
  requirePlainMessages,
  unlessAccepted,
  unlessHex,
  verdict,
} from "./common.ts";
import { MODULI, moduloIn, rsaGeneration } from "./rsa-key-gen.ts";
import { hexOf } from "./support.ts";

const PKCS1_HASHES = [
  ...["SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "SHA2-512/224", "SHA2-512/256"],
  ...["SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"],
];
/** With salts of the digest's length. */
const PSS_HASHES: Readonly<Record<string, number>> = {
  ...{ "SHA2-224": 28, "SHA2-256": 32, "SHA2-384": 48, "SHA2-512": 64 },
  ...{ "SHA3-224": 28, "SHA3-256": 32, "SHA3-384": 48, "SHA3-512": 64 },
};

/** What a group signs with. @throws Unanswered for a scheme, a hash or a mask generation function not here */
function signing(group: JsonObject) {
  requirePlainMessages(group);
  const [hash, type] = [textAt(group, "hashAlg"), textAt(group, "sigType").toLowerCase()];
  if (type === "pkcs1v1.5") {
    requireAnswerable(unlessPkcs1(hash), hash);
    return (bench: Bench, message: Uint8Array) => pkcs1Of(bench, hash, message);
  }
  if (type !== "pss") throw new Unanswered("no-mechanism", type);
  const mask = String(group["maskFunction"] ?? "mgf1").toUpperCase();
  const mgf = mask === "MGF1" || mask === "NONE" ? hash : mask;
  requireAnswerable(unlessPss(hash, mgf), `${hash} with ${mask}`);
  const saltBytes = numberAt(group, "saltLen");
  return (bench: Bench, message: Uint8Array) => pssOf(bench, hash, mgf, saltBytes, message);
}

function publicNumbers(fields: JsonObject): [n: Uint8Array, e: Uint8Array] {
  return [unsignedHex(textAt(fields, "n")), unsignedHex(textAt(fields, "e"))];
}

function verify(bench: Bench, fields: JsonObject): void {
  const { mechanism, data } = signing(fields)(bench, bytesAt(fields, "message"));
  withKey(bench.session, rsaPublic(...publicNumbers(fields), "sign"), (key) =>
    bench.session.verify(mechanism, key, data, bytesAt(fields, "signature")),
  );
}

const capabilities = {
  capabilities: [
    {
      sigType: "pkcs1v1.5",
      properties: MODULI.map((modulo) => ({ modulo, hashPair: PKCS1_HASHES.map((hashAlg) => ({ hashAlg })) })),
    },
    {
      sigType: "pss",
      properties: MODULI.map((modulo) => ({
        modulo,
        maskFunction: ["mgf1"],
        hashPair: Object.entries(PSS_HASHES).map(([hashAlg, saltLen]) => ({ hashAlg, saltLen })),
      })),
    },
  ],
};

export const rsaSigGen: AcvpHandler = {
  algorithm: "RSA",
  mode: "sigGen",
  revisions: ["FIPS186-5", "FIPS186-4", "1.0"],
  capabilities,
  answer(group, tests, bench) {
    const { session } = bench;
    const modulusBits = moduloIn(group);
    const sign = signing({ ...tests[0], ...group });
    const pair = generatedPair(session, rsaGeneration(modulusBits), "sign");
    const signed = (test: JsonObject): JsonObject => {
      const { mechanism, data } = sign(bench, bytesAt(test, "message"));
      return { signature: hexOf(session.sign(mechanism, pair.privateKey, data)) };
    };
    const number = (name: "MODULUS" | "PUBLIC_EXPONENT") => hexOf(attribute(session, pair.publicKey, name));
    return {
      group: { n: number("MODULUS"), e: number("PUBLIC_EXPONENT") },
      tests: answers(tests, signed, () => destroyPair(session, pair)),
    };
  },
  check(asked, answered, bench) {
    const fields = { ...membersOf(asked), ...membersOf(answered) };
    const malformed = unlessHex(fields, "n", "e", "signature");
    if (malformed !== undefined) return malformed;
    const bits = 8 * bytesAt(fields, "signature").length;
    if (bits !== moduloIn(asked.group)) return `the signature has ${bits} bits, not the modulus's length`;
    return unlessAccepted(() => verify(bench, fields), "the signature");
  },
};

export const rsaSigVer: AcvpHandler = {
  algorithm: "RSA",
  mode: "sigVer",
  revisions: ["FIPS186-5", "FIPS186-4", "FIPS186-2", "1.0"],
  capabilities: { pubExpMode: "random", ...capabilities },
  answer(group, tests, bench) {
    const first = { ...tests[0], ...group };
    requireAnswerable(rsaLimits(...publicNumbers(first)), `a modulus of ${String(group["modulo"])} bits`);
    signing(first);
    return { tests: answers(tests, (test) => verdict(() => verify(bench, membersOf({ group, test })))) };
  },
};

export const rsaSignatureHandlers: readonly AcvpHandler[] = [rsaSigGen, rsaSigVer];
