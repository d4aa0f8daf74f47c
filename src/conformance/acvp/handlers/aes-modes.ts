/** AES-CBC, AES-ECB and AES-CTR (draft-celi-acvp-symmetric): known answers, counters and Monte Carlo chains. */

import { concat } from "../../../bytes/bytes.ts";
import type { ObjectHandle } from "../../../cryptoki/handles.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { type Cbc, cbc } from "../../suites/aes-cbc.ts";
import { bytesAt, difference, textAt } from "../../suites/support.ts";
import { secretKey, withKey } from "../../suites/token.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { blockChain, type Chain, feedbackChain } from "./aes-monte-carlo.ts";
import { eachTest, hexOf, isOffered, leftBits, numberOf, onToken } from "./support.ts";

const CAPABILITIES = { direction: ["encrypt", "decrypt"], keyLen: [128, 192, 256] } as const;

/** What a test has and what its answer is to have. */
function ends(group: JsonObject): { readonly encrypts: boolean; readonly from: string; readonly to: string } {
  const encrypts = textAt(group, "direction") === "encrypt";
  return encrypts ? { encrypts, from: "pt", to: "ct" } : { encrypts, from: "ct", to: "pt" };
}

/** A mode on whole blocks; ECB has no use for the IV. */
interface BlockMode {
  readonly hasIv: boolean;
  readonly cipher: (session: Session, key: ObjectHandle) => Cbc;
  readonly chain: Chain;
}

function blockAnswer(mode: BlockMode): AcvpHandler["answer"] {
  return eachTest((test, group, bench) => {
    const { encrypts, from, to } = ends(group);
    const iv = mode.hasIv ? bytesAt(test, "iv") : new Uint8Array(0);
    const withCipher = <T>(key: Uint8Array, use: (crypt: (iv: Uint8Array, data: Uint8Array) => Uint8Array) => T): T =>
      onToken(bench, "acvp-unknown", (session) =>
        withKey(session, secretKey("AES", key, "encrypt"), (handle) => {
          const cipher = mode.cipher(session, handle);
          return use(encrypts ? cipher.encrypt : cipher.decrypt);
        }),
      );
    const [key, input] = [bytesAt(test, "key"), bytesAt(test, from)];
    switch (group["testType"]) {
      case "AFT":
        return { [to]: hexOf(withCipher(key, (crypt) => crypt(iv, input))) };
      case "MCT":
        return { resultsArray: [...mode.chain({ key, iv, input, from, to, encrypts }, withCipher)] };
      default:
        throw new Unanswered("acvp-unknown", `test type ${String(group["testType"])} of a block cipher`);
    }
  });
}

/** CKM_AES_ECB has no parameters. */
function ecb(session: Session, key: ObjectHandle): Cbc {
  const mechanism = "AES_ECB" as MechanismChoice & string;
  return {
    encrypt: (_iv, blocks) => session.encrypt(mechanism, key, blocks),
    decrypt: (_iv, blocks) => session.decrypt(mechanism, key, blocks),
  };
}

const aesCbc: AcvpHandler = {
  algorithm: "ACVP-AES-CBC",
  mode: "",
  revisions: ["1.0"],
  capabilities: CAPABILITIES,
  answer: blockAnswer({ hasIv: true, cipher: cbc, chain: feedbackChain }),
};

const aesEcb: AcvpHandler = {
  algorithm: "ACVP-AES-ECB",
  mode: "",
  revisions: ["1.0"],
  capabilities: CAPABILITIES,
  answer: blockAnswer({ hasIv: false, cipher: ecb, chain: blockChain }),
};

const BLOCK = 16;

/** The counter block of RFC 3686, 4: a nonce and an IV, here both from the token, and a counter from 1. */
function ownCounter({ session }: Bench): Uint8Array {
  return concat(session.generateRandom(BLOCK - 4), Uint8Array.of(0, 0, 0, 1));
}

function ctr(bench: Bench, key: Uint8Array, counter: Uint8Array, data: Uint8Array, bits: number): Uint8Array {
  const whole = onToken(bench, "ctr-wraps-around", (session) =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
      session.encrypt({ mechanism: "AES_CTR", counter }, handle, data),
    ),
  );
  return leftBits(whole, bits);
}

function payloadBits(group: JsonObject, test: JsonObject, data: Uint8Array): number {
  const isSaid = test["payloadLen"] !== undefined || group["payloadLen"] !== undefined;
  return isSaid ? numberOf(group, test, "payloadLen") : 8 * data.length;
}

/** Decryption is encryption. Where the test has no IV, the implementation makes one (RFC 3686). */
const aesCtr: AcvpHandler = {
  algorithm: "ACVP-AES-CTR",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    ...CAPABILITIES,
    payloadLen: [{ min: 1, max: 128, increment: 1 }],
    incrementalCounter: true,
    overflowCounter: false,
    performCounterTests: true,
  },
  answer: eachTest((test, group, bench) => {
    const { from, to } = ends(group);
    const data = bytesAt(test, from);
    const isOwn = test["iv"] === undefined;
    const counter = isOwn ? ownCounter(bench) : bytesAt(test, "iv");
    const output = ctr(bench, bytesAt(test, "key"), counter, data, payloadBits(group, test, data));
    return { ...(isOwn ? { iv: hexOf(counter) } : {}), [to]: hexOf(output) };
  }),
  check({ group, test }, answered, bench) {
    const { from, to } = ends(group);
    if (test["iv"] !== undefined || answered.test["iv"] === undefined) return "compare";
    const output = bytesAt(answered.test, to);
    const bits = payloadBits(group, test, bytesAt(test, from));
    return difference(
      ctr(bench, bytesAt(test, "key"), bytesAt(answered.test, "iv"), output, bits),
      bytesAt(test, from),
    );
  },
};

export const aesModes: readonly AcvpHandler[] = [aesCbc, ...(isOffered("AES_ECB") ? [aesEcb] : []), aesCtr];
