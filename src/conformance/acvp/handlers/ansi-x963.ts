/**
 * The KDF of ANSI X9.63 (draft-vassilev-acvp-kdf). The token has it within CKM_ECDH1_DERIVE only, so it is asked of
 * src/crypto/kdf.ts on the engine under proof.
 */

import { x963Kdf } from "../../../crypto/kdf.ts";
import { bytesAt, numberAt, textAt } from "../../suites/support.ts";
import type { AcvpHandler } from "../handler.ts";
import { acvpHash } from "./hashes.ts";
import { bytesOr, eachTest, hexOf, wholeBytes } from "./support.ts";

export const ansiX963: AcvpHandler = {
  algorithm: "kdf-components",
  mode: "ansix9.63",
  revisions: ["1.0"],
  capabilities: {
    hashAlg: ["SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512"],
    fieldSize: [224, 521],
    sharedInfoLength: [0, 1024],
    keyDataLength: [128, 4096],
  },
  answer: eachTest((test, group, { engine }) => {
    const { hash } = acvpHash(textAt(group, "hashAlg"));
    const bytes = wholeBytes(numberAt(group, "keyDataLength"), "an output");
    return { keyData: hexOf(x963Kdf(engine, hash, bytesAt(test, "z"), bytesOr(test, "sharedInfo"), bytes)) };
  }),
};
