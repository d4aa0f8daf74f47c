import { expect } from "vitest";
import { CkrError } from "../../src/cryptoki/error.ts";
import type { CkrName } from "../../src/cryptoki/return-values.ts";

/** The return value of a call: a CKR name, or `OK`. Anything but a CkrError fails the test. */
export function ckrOf(call: () => unknown): CkrName | "OK" {
  try {
    call();
    return "OK";
  } catch (error) {
    if (!(error instanceof CkrError)) throw error;
    return error.ckr;
  }
}

export function expectCkr(call: () => unknown, ...expected: (CkrName | "OK")[]): void {
  expect(expected).toContain(ckrOf(call));
}
