/**
 * The KDFs of SP 800-56C (draft-hammett-acvp-kas-kdf): one-step, two-step and HKDF.
 *
 * HKDF and the two steps go through the token. The one-step KDF is in no mechanism by itself, so it is asked of
 * src/crypto/kdf.ts on the engine under proof.
 */

import { concat, equalBytes } from "../../../bytes/bytes.ts";
import { concatKdf, concatKdfMac } from "../../../crypto/kdf.ts";
import { type JsonObject, listAt, objectAt } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { bytesAt, numberAt, textAt } from "../../suites/support.ts";
import { derived, derivedSecret, keyLimits, secretKey, withKey } from "../../suites/token.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { fixedInfoOf } from "./fixed-info.ts";
import { type AcvpHash, acvpHash, acvpHashes } from "./hashes.ts";
import { choiceOf, offeredModes } from "./kbkdf.ts";
import { bytesOr, eachTest, hexOf, offered, onToken, wholeBytes } from "./support.ts";

interface Derivation {
  /** `kdfConfiguration` of the group. */
  readonly configuration: JsonObject;
  readonly z: Uint8Array;
  readonly salt: Uint8Array;
  /** K(0) of an expansion in feedback mode. */
  readonly iv: Uint8Array;
  readonly info: Uint8Array;
  readonly bytes: number;
}

type Derive = (bench: Bench, derivation: Derivation) => Uint8Array;

/** One output, or several from one secret: `dkm` or `dkms`. A validation test has them, and asks whether they are right. */
function kdaAnswer(derive: Derive): AcvpHandler["answer"] {
  return eachTest((test, group, bench) => {
    const isMulti = test["kdfMultiExpansionParameter"] !== undefined;
    const outputs = (isMulti ? expansionsOf(group, test) : [derivationOf(group, test)]).map((one) =>
      derive(bench, one),
    );
    if (group["testType"] === "VAL") {
      const expected = isMulti ? listAt(test["dkms"], "dkms") : [test["dkm"]];
      const given = expected.map((dkm) => bytesAt({ dkm: dkm ?? null }, "dkm"));
      const isRight =
        given.length === outputs.length && outputs.every((one, at) => equalBytes(one, given[at] ?? concat()));
      return { testPassed: isRight };
    }
    const hex = outputs.map(hexOf);
    return isMulti ? { dkms: hex } : { dkm: hex[0] ?? "" };
  });
}

function derivationOf(group: JsonObject, test: JsonObject): Derivation {
  const configuration = objectAt(group["kdfConfiguration"], "kdfConfiguration");
  const parameter = objectAt(test["kdfParameter"], "kdfParameter");
  const z = bytesAt(parameter, "z");
  return {
    configuration,
    // SP 800-56C r2, 2: a hybrid shared secret is Z || T.
    z: configuration["usesHybridSharedSecret"] === true ? concat(z, bytesAt(parameter, "t")) : z,
    salt: bytesOr(parameter, "salt"),
    iv: bytesOr(parameter, "iv"),
    info: fixedInfoOf(configuration, test),
    bytes: outputBytes(parameter["l"] === undefined ? configuration : parameter),
  };
}

function expansionsOf(group: JsonObject, test: JsonObject): Derivation[] {
  const configuration = objectAt(group["kdfMultiExpansionConfiguration"], "kdfMultiExpansionConfiguration");
  const parameter = objectAt(test["kdfMultiExpansionParameter"], "kdfMultiExpansionParameter");
  return listAt(parameter["iterationParameters"], "iterationParameters").map((value) => {
    const iteration = objectAt(value, "iterationParameters");
    const [z, salt, iv] = [bytesAt(parameter, "z"), bytesOr(parameter, "salt"), bytesOr(parameter, "iv")];
    const info = bytesAt(iteration, "fixedInfo");
    return { configuration, z, salt, iv, info, bytes: outputBytes(iteration) };
  });
}

function outputBytes(fields: JsonObject): number {
  return wholeBytes(numberAt(fields, "l"), "an output");
}

function reasonOf({ z, bytes }: Derivation): string {
  return keyLimits(z.length, bytes) ?? "acvp-unknown";
}

const hkdf: Derive = (bench, one) => {
  const { hash } = acvpHash(textAt(one.configuration, "hmacAlg"));
  const mechanism = { mechanism: "HKDF_DERIVE", hash, salt: one.salt, info: one.info } as const;
  return onToken(bench, reasonOf(one), (session) =>
    withKey(session, secretKey("GENERIC_SECRET", one.z, "derive"), (key) =>
      derived(session, mechanism, key, one.bytes),
    ),
  );
};

/** Extraction with HMAC, and SP 800-108 on the key that it gives; that key never leaves the token. */
const twoStep: Derive = (bench, one) => {
  const { configuration } = one;
  const location = textAt(configuration, "counterLocation");
  if (location === "middle fixed data") throw new Unanswered("acvp-unknown", "a counter within the fixed information");
  const hash = macHash(textAt(configuration, "macMode"));
  const extraction = { mechanism: "HKDF_DERIVE", hash: hash.hash, expand: false, salt: one.salt } as const;
  const expansion = choiceOf({
    mode: textAt(configuration, "kdfMode"),
    prf: offered(hash.hmac, hash.name),
    counterBits: numberAt(configuration, "counterLen"),
    location,
    iv: one.iv,
    fixed: one.info,
    broken: 0,
  });
  return onToken(bench, reasonOf(one), (session) =>
    withKey(session, secretKey("GENERIC_SECRET", one.z, "derive"), (key) => {
      const inner = session.deriveKey(extraction, key, { ...derivedSecret(hash.bytes), usage: "derive" });
      try {
        return derived(session, expansion, inner, one.bytes);
      } finally {
        session.destroyObject(inner);
      }
    }),
  );
};

function macHash(macMode: string): AcvpHash {
  const [, hash] = /^HMAC-(.+)$/i.exec(macMode) ?? [];
  if (hash === undefined) throw new Unanswered("no-mechanism", `no mechanism for ${macMode}`);
  return acvpHash(hash);
}

const oneStep: Derive = ({ engine }, { configuration, z, salt, info, bytes }) => {
  const name = textAt(configuration, "auxFunction");
  if (!name.toUpperCase().startsWith("HMAC-")) return concatKdf(engine, acvpHash(name).hash, z, info, bytes);
  const key = engine.hmac(macHash(name).hash, salt);
  try {
    return concatKdfMac(key, z, info, bytes);
  } finally {
    key.destroy();
  }
};

const COMMON = {
  fixedInfoPattern: "uPartyInfo||vPartyInfo||l",
  encoding: ["concatenation"],
} as const;
const SECRETS = { z: [{ min: 224, max: 8192, increment: 8 }], l: 2048 } as const;
const SALTS = { macSaltMethods: ["default", "random"] } as const;
const REVISIONS: readonly string[] = ["Sp800-56Cr2", "Sp800-56Cr1"];
const hashNames: readonly string[] = acvpHashes.map(({ name }) => name);

export const kda: readonly AcvpHandler[] = [
  {
    algorithm: "KDA",
    mode: "HKDF",
    revisions: REVISIONS,
    capabilities: { ...COMMON, ...SALTS, ...SECRETS, hmacAlg: hashNames, performMultiExpansionTests: true },
    answer: kdaAnswer(hkdf),
  },
  {
    algorithm: "KDA",
    mode: "OneStep",
    revisions: REVISIONS,
    capabilities: {
      ...COMMON,
      ...SECRETS,
      auxFunctions: hashNames.flatMap((name) => [
        { auxFunctionName: name },
        { auxFunctionName: `HMAC-${name}`, ...SALTS },
      ]),
    },
    answer: kdaAnswer(oneStep),
  },
  {
    algorithm: "KDA",
    mode: "TwoStep",
    revisions: REVISIONS,
    capabilities: {
      ...SECRETS,
      performMultiExpansionTests: true,
      capabilities: offeredModes.map(({ mode, locations, counterBits }) => ({
        ...COMMON,
        ...SALTS,
        kdfMode: mode,
        macMode: hashNames.map((name) => `HMAC-${name}`),
        supportedLengths: [2048],
        fixedDataOrder: locations.filter((location) => location !== "middle fixed data"),
        counterLength: counterBits,
      })),
    },
    answer: kdaAnswer(twoStep),
  },
];
