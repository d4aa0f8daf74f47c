/** Key management (PKCS #11 v3.1, 5.18). */

import type { KeyPairHandles, Session } from "../../token/session.ts";
import { bytes, type Calls, handle, inSession } from "./arguments.ts";
import { ulong } from "./bytes.ts";
import { mechanism } from "./mechanism.ts";
import { fill } from "./outputs.ts";
import { template } from "./template.ts";
import type { KeyFunctions, KeyPair } from "./types.ts";

type Key = Parameters<Session["wrapKey"]>[1];

function pairOf({ publicKey, privateKey }: KeyPairHandles): KeyPair {
  return { privateKey: ulong(privateKey), publicKey: ulong(publicKey) };
}

export const keys: Calls<KeyFunctions> = {
  C_GenerateKey: inSession([mechanism, template], ({ session }, choice, given) =>
    ulong(session.generateKey(choice, given)),
  ),
  C_GenerateKeyPair: inSession([mechanism, template, template], ({ session }, choice, forPublic, forPrivate) =>
    pairOf(session.generateKeyPair(choice, forPublic, forPrivate)),
  ),
  C_WrapKey: inSession([mechanism, handle, handle, bytes], ({ session }, choice, wrappingKey, key, out) =>
    fill(session.wrapKey(choice, wrappingKey as Key, key as Key), out),
  ),
  C_UnwrapKey: inSession([mechanism, handle, bytes, template], ({ session }, choice, key, wrapped, given) =>
    ulong(session.unwrapKey(choice, key as Key, wrapped, given)),
  ),
  C_DeriveKey: inSession([mechanism, handle, template], ({ session }, choice, key, given) =>
    ulong(session.deriveKey(choice, key as Key, given)),
  ),
};

/** Forms of the above that leave the event loop free while they work. */
export const inSlices: Calls<Pick<KeyFunctions, "C_GenerateKeyPair">> = {
  C_GenerateKeyPair: inSession([mechanism, template, template], async ({ session }, choice, forPublic, forPrivate) =>
    pairOf(await session.generateKeyPairAsync(choice, forPublic, forPrivate)),
  ),
};
