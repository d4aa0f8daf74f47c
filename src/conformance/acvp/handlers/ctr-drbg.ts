/**
 * CTR_DRBG with AES-256 (draft-vassilev-acvp-drbg) on the DRBG itself: the token's has health tests on its entropy and a
 * personalization string of its own, so that no test's input can be given to it byte by byte.
 */

import { returnedBits } from "../../suites/drbg.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { eachTest, hexOf } from "./support.ts";

const SHORT_INPUTS = { min: 0, max: 384, increment: 8 } as const;
const INPUTS = { min: 0, max: 65_536, increment: 8 } as const;

export const ctrDrbg: AcvpHandler = {
  algorithm: "ctrDRBG",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    predResistanceEnabled: [true, false],
    reseedImplemented: true,
    capabilities: [
      {
        mode: "AES-256",
        derFuncEnabled: true,
        entropyInputLen: [{ min: 256, max: 384, increment: 8 }],
        nonceLen: [{ min: 128, max: 65_536, increment: 8 }],
        persoStringLen: [INPUTS],
        additionalInputLen: [INPUTS],
        returnedBitsLen: 4096,
      },
      {
        mode: "AES-256",
        derFuncEnabled: false,
        entropyInputLen: [384],
        nonceLen: [0],
        persoStringLen: [SHORT_INPUTS],
        additionalInputLen: [SHORT_INPUTS],
        returnedBitsLen: 4096,
      },
    ],
  },
  answer: eachTest((test, group, { engine }) => {
    if (group["mode"] !== "AES-256") throw new Unanswered("no-mechanism", `CTR_DRBG with ${String(group["mode"])}`);
    try {
      return { returnedBits: hexOf(returnedBits(engine, group, test)) };
    } catch (error) {
      throw error instanceof RangeError ? new Unanswered("drbg-input-length", error.message) : error;
    }
  }),
};
