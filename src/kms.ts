/** The KMS: `pocket-hsm/kms`. */

import type { Engine } from "./crypto/engine.ts";
import type { EntropySource } from "./crypto/entropy.ts";
import type { GivenAccessKey } from "./kms/access-keys.ts";
import { isRegion } from "./kms/arn.ts";
import type { Circumstances } from "./kms/circumstances.ts";
import { type Clock, createClock } from "./kms/clock.ts";
import { Events } from "./kms/events.ts";
import type { Explanation } from "./kms/explain.ts";
import { Faults } from "./kms/faults.ts";
import { Identities } from "./kms/identities.ts";
import { idsOf } from "./kms/ids.ts";
import { Surroundings, type SurroundingsOptions } from "./kms/key-stores/surroundings.ts";
import { LastUsages } from "./kms/last-usage.ts";
import { type NitroOptions, NitroTrust } from "./kms/nitro/trust.ts";
import type { Answer } from "./kms/policy/authorization.ts";
import { type Caller, parseCaller } from "./kms/policy/principals.ts";
import type { QuotaRates } from "./kms/quota-table.ts";
import { Quotas } from "./kms/quotas.ts";
import { applySeed } from "./kms/seed.ts";
import { createService } from "./kms/service.ts";
import { type Snapshot, snapshotOf } from "./kms/snapshot.ts";
import { createVault, type TokenVault } from "./kms/token-vault.ts";
import { controlRoutes } from "./server/control.ts";
import { type KmsDoors, openDoors, requireRegion } from "./server/doors.ts";
import type { SignatureRules } from "./server/sigv4.ts";
import { memoryStore } from "./storage/memory.ts";
import { isRestorable } from "./storage/restorable.ts";
import type { Store } from "./storage/store.ts";
import { createHsm, type Hsm } from "./token/hsm.ts";

export type { GivenAccessKey } from "./kms/access-keys.ts";
export type { Circumstances } from "./kms/circumstances.ts";
export type { Command, KmsClient, ResponseMetadata } from "./kms/client.ts";
export { type Clock, createClock, type Duration } from "./kms/clock.ts";
export { KmsError, type KmsErrorName } from "./kms/errors.ts";
export type { EventResource, KmsEvent, UserIdentity } from "./kms/event-record.ts";
export type { EventFilter, Events } from "./kms/events.ts";
export type { Explanation } from "./kms/explain.ts";
export type { FaultRule } from "./kms/fault-rules.ts";
export type { Fault, Faults } from "./kms/faults.ts";
export { ConnectionDropped } from "./kms/interception.ts";
export type { ProxyCredential } from "./kms/key-stores/authorization.ts";
export {
  type HealthStatus,
  type XksMisbehaviour,
  XksProxy,
  type XksProxyOptions,
  type XksRequest,
} from "./kms/key-stores/external-proxy.ts";
export type { ProxyErrorName } from "./kms/key-stores/proxy-failures.ts";
export type { ConnectionErrorCode } from "./kms/key-stores/record.ts";
export type {
  CloudHsmCluster,
  Surroundings,
  SurroundingsOptions,
  VpcEndpointService,
} from "./kms/key-stores/surroundings.ts";
export type { Misuse, MisuseRule } from "./kms/misuse.ts";
export { createTestEnclave, type TestEnclave, type TestEnclaveOptions } from "./kms/nitro/enclave.ts";
export type { NitroOptions, NitroTrust } from "./kms/nitro/trust.ts";
export type { Answer, Source } from "./kms/policy/authorization.ts";
export { PolicyError } from "./kms/policy/policy-error.ts";
export type { QuotaRates } from "./kms/quota-table.ts";
export type { Quotas } from "./kms/quotas.ts";
export { SeedError } from "./kms/seed.ts";
export type { Snapshot } from "./kms/snapshot.ts";
export type { ClientConfig, KmsDoors } from "./server/doors.ts";
export { memoryStore } from "./storage/memory.ts";
export type { Change, Store, Stored } from "./storage/store.ts";

export interface KmsOptions {
  /** The HSM that holds the keys; one of its own, with an open token, when it is not given. */
  readonly hsm?: Hsm;
  /** The user's PIN, when the HSM's token wants one and nobody is logged in. */
  readonly pin?: string;
  /** Twelve digits. */
  readonly account?: string;
  readonly region?: string;
  /** Offers the key spec SM2 outside the China Regions too, where alone AWS has it. */
  readonly sm2?: boolean;
  /** A clock, or the time at which a new one starts. */
  readonly clock?: Clock | Date | number;
  readonly store?: Store;
  /** For an HSM that is made here: where its entropy comes from. A seeded source makes a run reproducible. */
  readonly entropy?: EntropySource;
  /** For an HSM that is made here: its cryptography. */
  readonly engine?: Engine;
  /** For an HSM that is made here: the default engine without table look-ups in AES (docs/security.md, "Timing"). */
  readonly hardened?: boolean;
  /** What custom key stores are connected to, and how. */
  readonly keyStores?: SurroundingsOptions;
  /** Is told of every unexpected error; callers see only KMSInternalException. */
  readonly onError?: (error: unknown) => void;
  /** Request quotas from the start: AWS's, or requests a second by what shares them. None by default. */
  readonly quotas?: QuotaRates | "aws";
  /** Which enclaves' attestation documents are believed; none by default. */
  readonly nitro?: NitroOptions;
  /** How many of the latest events are kept; 10,000 by default. */
  readonly eventCapacity?: number;
  /**
   * Whether requests on the wire have to be signed (AWS Signature Version 4) with an access key that is known here, or
   * are believed, which is the default.
   */
  readonly auth?: "none" | "sigv4";
  /** Is told of every decision about a permission: which statement or grant decided, or what was missing. */
  readonly onDecision?: (decision: Answer) => void;
  /** Whether `fetch` and `endpoint` have the control routes below `/_pocket-hsm/`: by default, unless requests must be signed. */
  readonly controlRoutes?: boolean;
}

/** A request to explain; by the account root when it names no principal. */
export interface ExplainRequest {
  readonly operation: string;
  /** As the command's input; blobs that are not looked at may be left out where the model lets them. */
  readonly input?: object;
  readonly principal?: string;
  readonly circumstances?: Circumstances;
}

export interface Kms extends KmsDoors {
  readonly account: string;
  readonly clock: Clock;
  readonly hsm: Hsm;
  /** The surroundings of custom key stores, for a test to script: CloudHSM clusters, and connections that fail. */
  readonly surroundings: Surroundings;
  /** Failures on demand. */
  readonly faults: Faults;
  /** Request quotas; off unless they are enforced. */
  readonly quotas: Quotas;
  /** What was asked and how it ended, as CloudTrail records it. */
  readonly events: Events;
  /** Which enclaves are believed when a request names a `Recipient`. */
  readonly nitro: NitroTrust;
  /**
   * The state of everything: keys, aliases, policies, credentials, clock, faults, quotas, events. It is a handful of
   * references, as records never change. Randomness is not in it: what is made after a restore is new.
   * @throws Error when the store is not one in memory
   */
  snapshot(): Snapshot;
  /** Makes the state again what it was. Calls that are running then may see both. @throws Error for one of another KMS */
  restore(snapshot: Snapshot): void;
  /**
   * A KMS of its own that begins where this one is (or was, at the snapshot) and shares its token. Neither sees what
   * happens to the other. @throws Error when the store is not one in memory
   */
  fork(snapshot?: Snapshot): Kms;
  /**
   * The same doors as another principal: the ARN of a role, user, role session or account root, or an AWS service's name.
   * @param circumstances condition keys of all requests through these doors, such as `kms:ViaService`.
   * @throws PolicyError when the ARN is none of these.
   */
  as(principalArn: string, circumstances?: Circumstances): KmsDoors;
  /**
   * Says which permissions a request would ask for and how each would be decided, and by what, or what would be missing.
   * It changes nothing, and it is not an event.
   * @throws PolicyError when the principal is none
   */
  explain(request: ExplainRequest): Promise<Explanation>;
  /**
   * Attaches an identity policy to a role (or user), in place of one of the same name.
   * @throws PolicyError
   */
  attachRolePolicy(roleArn: string, name: string, document: string | object): void;
  /** Whether there was a policy of that name. */
  detachRolePolicy(roleArn: string, name: string): boolean;
  /** Takes an access key, in place of one of the same identifier. @throws PolicyError */
  addAccessKey(key: GivenAccessKey): void;
  /**
   * Applies a seed (docs/kms.md, "Seeding"): keys with chosen identifiers and material, aliases, policies, registered
   * ciphertexts; as an object, or as the text of a JSON or YAML file, ours or local-kms's.
   * @throws SeedError, and then nothing has changed
   */
  applySeed(seed: unknown): Promise<void>;
  /** Ends the KMS and its unwrapped keys. A store or HSM that the caller gave stays open. */
  close(): Promise<void>;
}

/**
 * Makes a KMS. Everything it knows is in its store and its HSM; two of them share nothing.
 * @throws RangeError for an account, region or clock that is none; CkrError of the HSM.
 */
export function createKms(options: KmsOptions = {}): Kms {
  const { account = "111122223333", region = "us-east-1" } = options;
  if (!/^[0-9]{12}$/.test(account)) throw new RangeError("an account has twelve digits");
  requireRegion(region);
  const clock = clockOf(options.clock);
  const { entropy, engine, hardened, pin } = options;
  const hsm =
    options.hsm ??
    createHsm({
      ...{ pin: null, label: "KMS" },
      ...(entropy && { entropy }),
      ...(engine && { engine }),
      ...(hardened !== undefined && { hardened }),
    });
  const store = options.store ?? memoryStore();
  const vault = createVault(hsm, pin === undefined ? {} : { pin });
  const family: Family = { hsm, vault, members: new Set() };
  return assemble({ ...options, account, region }, family, clock, store);
}

/** What a KMS and its forks have in common. The vault ends with the last of them. */
interface Family {
  readonly hsm: Hsm;
  readonly vault: TokenVault;
  readonly members: Set<Kms>;
}

function assemble(
  options: KmsOptions & { readonly account: string; readonly region: string },
  family: Family,
  clock: Clock,
  store: Store,
  snapshot?: Snapshot,
): Kms {
  const { account, region, sm2 = false, onError, eventCapacity } = options;
  const { hsm, vault } = family;
  const { now } = clock;
  const identities = new Identities({ account, region, now, random: vault.random });
  const faults = new Faults({ random: () => new DataView(vault.random(4).buffer).getUint32(0) });
  const quotas = new Quotas(now);
  if (options.quotas !== undefined) quotas.enforce(options.quotas);
  const events = new Events({ now, ...(eventCapacity !== undefined && { capacity: eventCapacity }) });
  const interceptors = [events.interceptor, quotas.interceptor, faults.interceptor];
  const lastUsages = new LastUsages(now());
  const nitro = new NitroTrust(options.nitro);
  const surroundings = new Surroundings(options.keyStores);
  const service = createService({
    ...{ account, region, sm2, store, vault, clock, identities, lastUsages, surroundings, nitro, interceptors },
    ...(options.onDecision && { onDecision: options.onDecision }),
  });
  const signatures: SignatureRules = { now, isRegion, secretOf: (accessKeyId) => identities.secretOf(accessKeyId) };
  const parts = { store, clock, identities, lastUsages, surroundings, nitro, faults, quotas, events };
  const seed = (document: unknown): Promise<void> =>
    applySeed(document, {
      ...{ account, region, store, vault, identities, nitro, now },
      aliasMeans: events.aliasMeans.bind(events),
    });
  /** Where the control route `reset` goes back to: the beginning, with the seeds that were applied in process. */
  let start: Snapshot | undefined;
  const mark = (): void => {
    start = isRestorable(store) ? snapshotOf(vault, parts) : undefined;
  };
  const reset = (): void => {
    if (start === undefined) throw new RangeError("only a store in memory can be reset");
    start.restore(vault, parts);
  };
  const isControlled = options.controlRoutes ?? options.auth !== "sigv4";
  const control = isControlled ? controlRoutes({ clock, faults, quotas, events, applySeed: seed, reset }) : undefined;
  const wireOptions = {
    requestId: idsOf("request"),
    ...(onError && { onError }),
    ...(control && { control }),
    ...(options.auth === "sigv4" && { signatures }),
  };
  const doorsOf = (caller: Caller, circumstances: Circumstances = {}): KmsDoors =>
    openDoors({ service, identities, own: { caller, circumstances }, region, wireOptions });
  const kms: Kms = {
    ...doorsOf(identities.root),
    account,
    clock,
    hsm,
    faults,
    quotas,
    events,
    nitro,
    snapshot: () => snapshotOf(vault, parts),
    restore: (snapshot) => snapshot.restore(vault, parts),
    fork: (snapshot = kms.snapshot()) =>
      assemble(options, family, isRestorable(clock) ? createClock() : clock, memoryStore(), snapshot),
    surroundings,
    as: (principalArn, circumstances) => doorsOf(parseCaller(principalArn), circumstances),
    explain: async ({ operation, input = {}, principal, circumstances }) =>
      service.explain(
        operation,
        input,
        principal === undefined ? identities.root : parseCaller(principal),
        circumstances,
      ),
    attachRolePolicy: (roleArn, name, document) => identities.attachPolicy(roleArn, name, document),
    detachRolePolicy: (roleArn, name) => identities.detachPolicy(roleArn, name),
    addAccessKey: (key) => identities.addAccessKey(key),
    async applySeed(document) {
      await seed(document);
      mark();
    },
    async close() {
      if (family.members.delete(kms) && family.members.size === 0) vault.close();
      if (options.store !== store) await store.close();
    },
  };
  snapshot?.restore(vault, parts);
  family.members.add(kms);
  mark();
  return kms;
}

function clockOf(given: Clock | Date | number | undefined): Clock {
  return typeof given === "object" && "now" in given ? given : createClock(given);
}
