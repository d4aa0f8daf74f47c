/** Tests with SoftHSM2, and the binding to it from test/peers. */

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, type SuiteFactory } from "vitest";
import { hasProgram } from "./programs.ts";
import { SOFTHSM2 } from "./softhsm-token.ts";

export { PIN, SO_PIN, SOFTHSM2, softHsmToken } from "./softhsm-token.ts";

/** Where its tokens go: it waits for the disk after all that changes an object, so in memory where that can be a folder. */
export const TOKENS: string = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Where `pkcs11js` is installed (`npm ci --prefix test/peers`); a command that is started here finds it. */
export const PEERS: string = resolve(import.meta.dirname, "../peers");

/** `describe` when SoftHSM2 and `pkcs11js` are there; otherwise a skipped suite whose name says what is missing. */
export function describeWithSoftHsm(name: string, suite: SuiteFactory): void {
  const missing = [
    ...(hasProgram("softhsm2-util") && existsSync(SOFTHSM2) ? [] : ["the program softhsm2-util"]),
    ...(existsSync(join(PEERS, "node_modules/pkcs11js")) ? [] : ["the package pkcs11js (npm ci --prefix test/peers)"]),
  ];
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} [skipped: not installed: ${missing.join(", ")}]`, suite);
}
