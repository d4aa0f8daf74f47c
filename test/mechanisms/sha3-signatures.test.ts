import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import { encodeEcParams, encodeEcPoint } from "../../src/der/ec-params.ts";
import { decodePkcs8 } from "../../src/der/pkcs8.ts";
import { decodeSpki } from "../../src/der/spki.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { overEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";

const message = Uint8Array.from({ length: 100 }, (_, i) => i);
const rsa = nodeRsaKey(2048);
const ec = generateKeyPairSync("ec", { namedCurve: "P-384" });
const SIZES = [224, 256, 384, 512] as const;

overEngines((engine) => {
  const session = createHsm({ engine }).openSession({ readWrite: true });
  const { n, e, d, p, q, dp, dq, qi } = rsa.components;
  const rsaPublic = session.createObject({
    CLASS: "PUBLIC_KEY",
    KEY_TYPE: "RSA",
    MODULUS: n,
    PUBLIC_EXPONENT: e,
    usage: "sign",
  });
  const rsaPrivate = session.createObject({
    CLASS: "PRIVATE_KEY",
    KEY_TYPE: "RSA",
    MODULUS: n,
    PUBLIC_EXPONENT: e,
    PRIVATE_EXPONENT: d,
    PRIME_1: p,
    PRIME_2: q,
    EXPONENT_1: dp,
    EXPONENT_2: dq,
    COEFFICIENT: qi,
    usage: "sign",
  });
  const spki = decodeSpki(Uint8Array.from(ec.publicKey.export({ format: "der", type: "spki" })));
  const pkcs8 = decodePkcs8(Uint8Array.from(ec.privateKey.export({ format: "der", type: "pkcs8" })));
  if (spki.type !== "EC" || pkcs8.type !== "EC") throw new Error("no EC keys");
  const EC_PARAMS = encodeEcParams("P-384");
  const ecPublic = session.createObject({
    CLASS: "PUBLIC_KEY",
    KEY_TYPE: "EC",
    EC_PARAMS,
    EC_POINT: encodeEcPoint(spki.point),
    usage: "sign",
  });
  const ecPrivate = session.createObject({
    CLASS: "PRIVATE_KEY",
    KEY_TYPE: "EC",
    EC_PARAMS,
    VALUE: pkcs8.privateKey,
    usage: "sign",
  });

  test.each(SIZES)("ECDSA_SHA3_%i, SHA3_RSA_PKCS and SHA3_RSA_PKCS_PSS are node:crypto's, both ways", (size) => {
    const hash = `sha3-${size}`;
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: size / 8 };
    const p1363 = { dsaEncoding: "ieee-p1363" } as const;
    const cases = [
      [
        `ECDSA_SHA3_${size}`,
        ecPrivate,
        ecPublic,
        { key: createPrivateKey(ec.privateKey.export({ format: "pem", type: "pkcs8" })), ...p1363 },
        { key: createPublicKey(ec.publicKey.export({ format: "pem", type: "spki" })), ...p1363 },
      ],
      [`SHA3_${size}_RSA_PKCS`, rsaPrivate, rsaPublic, { key: rsa.privateKey }, { key: rsa.publicKey }],
      [
        `SHA3_${size}_RSA_PKCS_PSS`,
        rsaPrivate,
        rsaPublic,
        { key: rsa.privateKey, ...pss },
        { key: rsa.publicKey, ...pss },
      ],
    ] as const;
    for (const [name, own, shared, nodePrivate, nodePublic] of cases) {
      const mechanism = name as MechanismChoice;
      const ours = session.sign(mechanism, own, message);
      expect(verify(hash, message, nodePublic, ours), name).toBe(true);
      const theirs = Uint8Array.from(sign(hash, message, nodePrivate));
      expect(session.verify(mechanism, shared, message, theirs), name).toBe(true);
      session.signInit(mechanism, own);
      session.signUpdate(message.slice(0, 7));
      session.signUpdate(message.slice(7));
      expect(verify(hash, message, nodePublic, session.signFinal()), name).toBe(true);
      expect(
        ckrOf(() => session.verify(mechanism, shared, message.slice(1), theirs)),
        name,
      ).toBe("SIGNATURE_INVALID");
    }
  });
});
