/**
 * The attack catalogue on PKCS #11 interfaces, each row with the outcome required under the strict policy. A test's name
 * begins with its row (A0 to A18); docs/security.md says what each is.
 */

import { beforeEach } from "vitest";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";
import { pooledRsaEngine } from "../../support/rsa-pool.ts";

export let s: Session;
/** The victim: a sensitive, extractable AES key. */
export let K: ObjectHandle;

export function withFreshToken(): void {
  beforeEach(() => {
    s = createHsm({ engine: pooledRsaEngine }).openSession({ readWrite: true });
    K = aes({ SENSITIVE: true, EXTRACTABLE: true, usage: "encrypt" });
  });
}

export const aes = (template: KeyTemplate, bytes = 32): ObjectHandle =>
  s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: bytes, ...template });
export const wrapKey = (): ObjectHandle => aes({ usage: "wrap" });
export const BOUND = { mechanism: "PHSM_BOUND_WRAP" } as const;

const jwk = nodeRsaKey(2048).publicKey.export({ format: "jwk" });
/** The adversary's RSA key. */
export const MODULUS: Uint8Array = new Uint8Array(Buffer.from(jwk.n as string, "base64url"));
export const E65537: Uint8Array = Uint8Array.of(1, 0, 1);
