/** Secrets of custom key stores: in the store they are only encrypted, under a key of the token's of their own. */

import { utf8, wipe } from "../../bytes/bytes.ts";
import type { CallContext } from "../context.ts";
import type { SealedSecret } from "./record.ts";

const none = new Uint8Array(0);

/** @param owner the custom key store's identifier, to which the key is bound. */
export async function sealSecret({ vault }: CallContext, owner: string, secret: string): Promise<SealedSecret> {
  const key = await vault.createBackingKey(owner, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
  return { key, blob: vault.encrypt(key, none, utf8(secret), "ENCRYPT") };
}

export function openSecret({ vault }: CallContext, { key, blob }: SealedSecret): string {
  const bytes = vault.decrypt(key, none, blob);
  if (bytes === undefined) throw new Error("the secret of a custom key store does not open");
  const secret = new TextDecoder().decode(bytes);
  wipe(bytes);
  return secret;
}
