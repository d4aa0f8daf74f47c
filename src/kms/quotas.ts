/** `kms.quotas`: request quotas as token buckets, which the KMS's own clock fills. */

import type { Restorable } from "../storage/restorable.ts";
import type { KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import { FAULT_MESSAGES } from "./fault-rules.ts";
import type { Call, Interceptor } from "./interception.ts";
import { awsRates, PAIRS, type QuotaRates, quotaOfSpec, SHARED } from "./quota-table.ts";

interface Bucket {
  tokens: number;
  /** When it was last filled, in milliseconds. */
  filled: number;
}

/** The state that a snapshot of the KMS holds. */
export interface QuotasState {
  readonly rates: QuotaRates | "aws" | undefined;
  readonly buckets: ReadonlyMap<string, Readonly<Bucket>>;
}

/** Off until `enforce`: a test should not fail because the machine is fast. */
export class Quotas implements Restorable<QuotasState> {
  readonly #now: () => number;
  #rates: QuotaRates | "aws" | undefined;
  #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Enforces AWS's default quotas, or those given: requests a second by what shares them: `symmetric`, `RSA`, `ECC`,
   * `ML_DSA`, `ML_KEM` for operations with a key of that kind, `pair RSA_2048` … for data key pairs, and the names of all
   * other operations. What is not named is not limited. A bucket holds what a second brings, and begins full.
   * @throws RangeError for a rate that is not positive
   */
  enforce(rates: QuotaRates | "aws" = "aws"): void {
    if (rates !== "aws") {
      for (const [name, rate] of Object.entries(rates)) {
        if (!(typeof rate === "number" && rate > 0))
          throw new RangeError(`the quota ${name} must be a positive number`);
      }
    }
    this.#rates = rates === "aws" ? rates : { ...rates };
    this.#buckets = new Map();
  }

  /** Limits nothing any more. */
  off(): void {
    this.#rates = undefined;
  }

  /** Throttles a call when its quota is used up: with a key when it has been found, others at once. */
  get interceptor(): Interceptor {
    return {
      around: (call, next) => {
        const { operation } = call;
        if (this.#rates !== undefined && !SHARED.has(operation) && !PAIRS.has(operation)) {
          this.#take(call, operation === "GenerateRandom" ? "symmetric" : operation);
        }
        return next(call);
      },
      found: (call, key) => {
        const quota = this.#rates && quotaWith(call, key);
        if (quota !== undefined) this.#take(call, quota);
      },
    };
  }

  save(): QuotasState {
    return { rates: this.#rates, buckets: copied(this.#buckets) };
  }

  load({ rates, buckets }: QuotasState): void {
    this.#rates = rates;
    this.#buckets = copied(buckets);
  }

  /** @throws KmsError ThrottlingException */
  #take({ account, region }: Call, quota: string): void {
    if (this.#rates === undefined) return;
    const rates = this.#rates === "aws" ? awsRates(region) : this.#rates;
    const rate = Object.hasOwn(rates, quota) ? rates[quota] : undefined;
    if (rate === undefined) return;
    const name = `${account} ${region} ${quota}`;
    const now = this.#now();
    const capacity = Math.max(1, rate);
    const bucket = this.#buckets.get(name) ?? { tokens: capacity, filled: now };
    const seconds = Math.max(0, now - bucket.filled) / 1000;
    const tokens = Math.min(capacity, bucket.tokens + seconds * rate);
    const taken = tokens >= 1;
    this.#buckets.set(name, { tokens: taken ? tokens - 1 : tokens, filled: now });
    if (!taken) fail("ThrottlingException", FAULT_MESSAGES.ThrottlingException);
  }
}

function quotaWith({ operation, input }: Call, { keySpec }: KeyRecord): string | undefined {
  if (SHARED.has(operation)) return quotaOfSpec(keySpec);
  if (!PAIRS.has(operation)) return undefined;
  return `pair ${(input as { readonly KeyPairSpec?: string } | undefined)?.KeyPairSpec}`;
}

function copied(buckets: ReadonlyMap<string, Readonly<Bucket>>): Map<string, Bucket> {
  return new Map([...buckets].map(([name, bucket]) => [name, { ...bucket }]));
}
