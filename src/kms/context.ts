import type { Store } from "../storage/store.ts";
import type { KeySpec, KeyUsage } from "./key-specs.ts";
import type { Caller } from "./policy/principals.ts";
import type { Vault } from "./vault.ts";

/** One version of a key's material. The key itself is inside the token; this is its sealed form and its names. */
export interface BackingKey {
  /** KeyMaterialId: 64 hexadecimal digits, a commitment to the material. */
  readonly id: string;
  /** The KMS key it was made for; the exported key token is bound to it too. */
  readonly keyId: string;
  /** The exported key token: wrapped under the domain key with its attributes (docs/architecture.md). */
  readonly exported: Uint8Array;
  /** SubjectPublicKeyInfo, for asymmetric keys. */
  readonly publicKey?: Uint8Array;
}

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** A KMS key as stored, table `keys`, id `account/region/keyId`. Times are milliseconds since the epoch. */
export interface KeyRecord {
  readonly keyId: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  readonly origin: "AWS_KMS";
  readonly multiRegion: boolean;
  readonly description: string;
  readonly state: KeyState;
  readonly creationDate: number;
  readonly deletionDate?: number;
  readonly policy: string;
  readonly tags: readonly Tag[];
  /** The current material first. */
  readonly materials: readonly BackingKey[];
}

/** An alias as stored, table `aliases`, id `account/region/alias/name`. */
export interface AliasRecord {
  readonly name: string;
  readonly arn: string;
  readonly targetKeyId: string;
  readonly creationDate: number;
  readonly lastUpdatedDate: number;
}

/** What one call works with: who calls, where, when, and the state. */
export interface CallContext {
  readonly caller: Caller;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch, from the injected clock; one instant for the whole call. */
  readonly now: number;
  readonly store: Store;
  readonly vault: Vault;
  /**
   * Decides by key policy and identity policies (policy/evaluate.ts).
   * @param resource the key, or an ARN or `*` where no key is involved.
   * @param conditions further condition keys of this request, such as the digests of an attestation document.
   * @throws KmsError AccessDeniedException
   */
  authorize(
    action: string,
    resource: KeyRecord | string,
    conditions?: ReadonlyMap<string, readonly string[]>,
  ): Promise<void>;
}
