/** PBKDF2 (draft-celi-acvp-pbkdf) through CKM_PKCS5_PBKD2. Passwords are text, salts hexadecimal. */

import { utf8 } from "../../../bytes/bytes.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import { bytesAt, numberAt, textAt } from "../../suites/support.ts";
import { derivedSecret } from "../../suites/token.ts";
import type { AcvpHandler } from "../handler.ts";
import { acvpHash, acvpHashes } from "./hashes.ts";
import { eachTest, hexOf, isOffered, leftBits, onToken } from "./support.ts";

const pbkdf2: AcvpHandler = {
  algorithm: "PBKDF",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    capabilities: [
      {
        iterationCount: [{ min: 1, max: 100_000, increment: 1 }],
        keyLen: [{ min: 112, max: 4096, increment: 8 }],
        passwordLen: [{ min: 8, max: 128, increment: 1 }],
        saltLen: [{ min: 128, max: 4096, increment: 8 }],
        hmacAlg: acvpHashes.map(({ name }) => name).filter((name) => !name.startsWith("SHA3-")),
      },
    ],
  },
  answer: eachTest((test, group, bench) => {
    const mechanism = {
      mechanism: "PKCS5_PBKD2",
      prf: acvpHash(textAt(group, "hmacAlg")).hmac,
      password: utf8(textAt(test, "password")),
      salt: bytesAt(test, "salt"),
      iterations: numberAt(test, "iterationCount"),
    } as unknown as MechanismChoice;
    const bits = numberAt(test, "keyLen");
    const derivedKey = onToken(bench, "no-mechanism", (session) => {
      const key = session.generateKey(mechanism, derivedSecret(Math.ceil(bits / 8)));
      try {
        return session.getAttributes(key, ["VALUE"]).VALUE as Uint8Array;
      } finally {
        session.destroyObject(key);
      }
    });
    return { derivedKey: hexOf(leftBits(derivedKey, bits)) };
  }),
};

export const pbkdf: readonly AcvpHandler[] = isOffered("PKCS5_PBKD2") ? [pbkdf2] : [];
