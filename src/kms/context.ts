import type { Soon } from "../storage/soon.ts";
import type { Store } from "../storage/store.ts";
import type { KeySpec, KeyUsage } from "./key-specs.ts";
import type { Surroundings } from "./key-stores/surroundings.ts";
import type { LastUsages } from "./last-usage.ts";
import type { NitroTrust } from "./nitro/trust.ts";
import type { ConditionContext } from "./policy/context.ts";
import type { Caller } from "./policy/principals.ts";
import type { Vault } from "./vault.ts";

/** One version of a key's material. The key itself is inside the token; this is its sealed form and its history. */
export interface KeyMaterial {
  /** KeyMaterialId: 64 hexadecimal digits, a commitment to the material. */
  readonly id: string;
  /** The KMS key it was made for; the exported key token is bound to it too. */
  readonly keyId: string;
  /**
   * The exported key token: wrapped under the domain key with its attributes (docs/architecture.md). Absent for imported
   * material that is not here: not imported into this Region yet, expired or deleted.
   */
  readonly exported?: Uint8Array;
  /** SubjectPublicKeyInfo, for asymmetric keys. */
  readonly publicKey?: Uint8Array;
  /** How it became the current material; absent for the first one and for one that is pending rotation. */
  readonly rotation?: { readonly date: number; readonly type: "AUTOMATIC" | "ON_DEMAND" };
  /** KeyMaterialDescription of imported material. */
  readonly description?: string;
  /** When imported material expires; absent when it does not. */
  readonly validTo?: number;
}

/** A material that is here, so that the token can use it. */
export interface BackingKey extends KeyMaterial {
  readonly exported: Uint8Array;
}

export type KeyOrigin = "AWS_KMS" | "EXTERNAL" | "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE";

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion" | "PendingReplicaDeletion" | "PendingImport";

/** Where the keys of a multi-Region key are; all of them say the same. */
export interface KeyRegions {
  readonly primary: string;
  readonly replicas: readonly { readonly region: string; readonly deletionDate?: number }[];
}

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
  readonly origin: KeyOrigin;
  /** For keys in a custom key store: which one, and there which cluster or external key. */
  readonly keyStore?: { readonly id: string; readonly clusterId?: string; readonly externalKeyId?: string };
  readonly multiRegion: boolean;
  /** For multi-Region keys. */
  readonly regions?: KeyRegions;
  readonly description: string;
  readonly state: KeyState;
  readonly creationDate: number;
  readonly deletionDate?: number;
  /** The waiting period of a primary key that is pending deletion of its replicas. */
  readonly pendingWindowInDays?: number;
  /** Automatic rotation, when it is enabled. */
  readonly rotation?: { readonly periodInDays: number; readonly nextDate: number };
  readonly policy: string;
  readonly tags: readonly Tag[];
  /** The current material first, then the ones before it, the newest first. */
  readonly materials: readonly KeyMaterial[];
  /** New imported material that becomes the current one with the next rotation on demand. */
  readonly pendingMaterial?: KeyMaterial;
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
  /** The caller's account. */
  readonly account: string;
  readonly region: string;
  /** Whether the key spec SM2 is offered outside the China Regions too. */
  readonly sm2?: boolean;
  /** Milliseconds since the epoch, from the injected clock; one instant for the whole call. */
  readonly now: number;
  /** The request's, as the answer's `x-amzn-requestid` has it. */
  readonly requestId?: string;
  readonly store: Store;
  readonly vault: Vault;
  readonly lastUsages: LastUsages;
  /** Which enclaves are believed. */
  readonly nitro: NitroTrust;
  /** Adds to the record of this call what neither its request nor its answer says (CloudTrail's additionalEventData). */
  note(name: string, value: unknown): void;
  /** What custom key stores are connected to. */
  readonly surroundings: Surroundings;
  /** The same call in another Region. */
  at(region: string): CallContext;
  /** The same call, with these condition keys in every question; an enclave's measurements are some. */
  with(conditions: ReadonlyMap<string, readonly string[]>): CallContext;
  /** The condition keys of this request for an action, but for those of a key. */
  conditions(action: string): ConditionContext;
  /**
   * Decides by key policy, identity policies and grants (authorize.ts).
   * @param resource the key, or an ARN or `*` where no key is involved.
   * @param conditions further condition keys of this request, such as the digests of an attestation document.
   * @throws KmsError AccessDeniedException
   */
  authorize(
    action: string,
    resource: KeyRecord | string,
    conditions?: ReadonlyMap<string, readonly string[]>,
  ): Soon<void>;
}
