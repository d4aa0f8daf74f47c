/**
 * Ciphertexts from elsewhere that a seed registers with their plaintexts. Each stands for one that a key of this KMS has
 * made of the plaintext: from there on Decrypt goes its usual way, with policy, state and encryption context.
 */

import { toHex } from "../bytes/bytes.ts";
import type { Change, Store } from "../storage/store.ts";
import { placePrefix } from "./record-ids.ts";
import type { Vault } from "./vault.ts";

const TABLE = "ciphertexts";

/** As stored, table `ciphertexts`, id `account/region/<SHA-256 of the registered ciphertext>`. */
interface RegisteredCiphertext {
  readonly blob: Uint8Array;
}

interface Where {
  readonly account: string;
  readonly region: string;
  readonly store: Store;
  readonly vault: Vault;
}

/** The ciphertext of a key of this KMS for which a registered one stands. */
export async function registeredCiphertext(where: Where, ciphertext: Uint8Array): Promise<Uint8Array | undefined> {
  const stored = await where.store.get<RegisteredCiphertext>(TABLE, recordId(where, ciphertext));
  return stored === undefined ? undefined : Uint8Array.from(stored.value.blob);
}

/** The change that registers a ciphertext, in place of an earlier registration of the same. */
export async function registration(where: Where, ciphertext: Uint8Array, blob: Uint8Array): Promise<Change> {
  const id = recordId(where, ciphertext);
  const stored = await where.store.get(TABLE, id);
  const value: RegisteredCiphertext = { blob };
  return { table: TABLE, id, value, expect: stored?.version ?? 0 };
}

function recordId(where: Where, ciphertext: Uint8Array): string {
  return placePrefix(where) + toHex(where.vault.sha256(ciphertext));
}
