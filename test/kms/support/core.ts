/** The dispatcher with a token behind it and no door before it. */

import type { Circumstances } from "../../../src/kms/circumstances.ts";
import { type Clock, createClock } from "../../../src/kms/clock.ts";
import { Identities } from "../../../src/kms/identities.ts";
import type { OperationName } from "../../../src/kms/inputs.ts";
import { parseCaller } from "../../../src/kms/policy/principals.ts";
import { createService } from "../../../src/kms/service.ts";
import { createVault } from "../../../src/kms/token-vault.ts";
import type { Vault } from "../../../src/kms/vault.ts";
import { memoryStore } from "../../../src/storage/memory.ts";
import type { Store } from "../../../src/storage/store.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import { pooledRsaEngine } from "../../support/rsa-pool.ts";

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const NO_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";
export const keyArnOf = (id: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
export const aliasArnOf = (name: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:${name}`;

// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
type Answer = any;

export interface Core {
  readonly clock: Clock;
  readonly store: Store;
  readonly vault: Vault;
  readonly identities: Identities;
  call(operation: OperationName, input?: object, callerArn?: string, circumstances?: Circumstances): Promise<Answer>;
  /** Makes a key and gives its KeyMetadata. */
  createKey(input?: object): Promise<Answer>;
}

export function openCore(options: { store?: Store; vault?: Vault; sm2?: boolean } = {}): Core {
  const { store = memoryStore(), vault = createVault(createHsm({ engine: pooledRsaEngine })), sm2 = false } = options;
  const clock = createClock(Date.UTC(2026, 0, 1));
  clock.freeze();
  const identities = new Identities({ account: ACCOUNT, region: REGION, now: clock.now, random: vault.random });
  const service = createService({ account: ACCOUNT, region: REGION, sm2, store, vault, clock, identities });
  const call: Core["call"] = async (operation, input = {}, callerArn = ROOT, circumstances = {}) =>
    service.call(operation, input, parseCaller(callerArn), circumstances);
  return {
    clock,
    store,
    vault,
    identities,
    call,
    createKey: async (input) => (await call("CreateKey", input)).KeyMetadata,
  };
}
