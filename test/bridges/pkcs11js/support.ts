import type { Engine } from "../../../src/crypto/engine.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import * as ck from "../../../src/pkcs11.ts";

export const PIN = "12345";

/** A library with two slots, the second without a token that is ready, and a logged-in read-write session. */
export function opened(
  policy: "strict" | "pkcs11" = "pkcs11",
  engine: Engine = pureEngine,
): {
  readonly p11: ck.PKCS11;
  readonly slot: ck.Handle;
  readonly session: ck.Handle;
} {
  const p11 = new ck.PKCS11({ slots: 2, label: "first", pin: PIN, policy, pinCost: 2, engine });
  p11.C_Initialize();
  const [slot] = p11.C_GetSlotList(true) as [ck.Handle];
  const session = p11.C_OpenSession(slot, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  p11.C_Login(session, ck.CKU_USER, PIN);
  return { p11, slot, session };
}

/** The error of a call that must fail. */
export function failure(call: () => unknown): Error & { code?: number; method?: string; nativeStack?: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call did not fail");
}

/** A secret key of the caller's. */
export function secretKey(p11: ck.PKCS11, session: ck.Handle, keyType: number, value: Uint8Array): ck.Handle {
  return p11.C_CreateObject(session, [
    { type: ck.CKA_CLASS, value: ck.CKO_SECRET_KEY },
    { type: ck.CKA_KEY_TYPE, value: keyType },
    { type: ck.CKA_VALUE, value },
    ...[ck.CKA_ENCRYPT, ck.CKA_DECRYPT, ck.CKA_SIGN, ck.CKA_VERIFY].map((type) => ({ type, value: true })),
  ]);
}
