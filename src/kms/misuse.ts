/** What a log of calls shows of keys that are used in a way that is better avoided: a table of rules. */

import type { KmsEvent } from "./event-record.ts";

/** An event, and what the rules need to know beside it. */
export interface Recorded {
  readonly event: KmsEvent;
  readonly plaintextBytes: number | undefined;
}

export type MisuseRule =
  | "no-encryption-context"
  | "chunked-plaintext"
  | "plaintext-too-long"
  | "pkcs1-import"
  | "unnamed-key";

export interface Misuse {
  readonly rule: MisuseRule;
  /** What is wrong with it and what to do instead. */
  readonly advice: string;
  /** The events that show it. */
  readonly events: readonly KmsEvent[];
}

interface Rule {
  readonly advice: string;
  /** The events that break the rule. */
  readonly find: (log: readonly Recorded[]) => readonly Recorded[];
}

const MAX_PLAINTEXT_BYTES = 4096;

/** Operations that bind an encryption context, by the members that hold it. */
const CONTEXTS: Readonly<Record<string, readonly string[]>> = {
  Decrypt: ["encryptionContext"],
  Encrypt: ["encryptionContext"],
  GenerateDataKey: ["encryptionContext"],
  GenerateDataKeyPair: ["encryptionContext"],
  GenerateDataKeyPairWithoutPlaintext: ["encryptionContext"],
  GenerateDataKeyWithoutPlaintext: ["encryptionContext"],
  ReEncrypt: ["sourceEncryptionContext", "destinationEncryptionContext"],
};

const RULES: Readonly<Record<MisuseRule, Rule>> = {
  "no-encryption-context": {
    advice:
      "A ciphertext without an encryption context can stand in for any other of the same key: bind what it belongs to.",
    find: (log) => log.filter(({ event }) => event.errorCode === undefined && lacksContext(event)),
  },
  "chunked-plaintext": {
    advice:
      "Chunks that are encrypted one by one can be reordered, dropped and repeated unseen: encrypt long data under a data key (GenerateDataKey).",
    find: chunks,
  },
  "plaintext-too-long": {
    advice: `Encrypt takes up to ${MAX_PLAINTEXT_BYTES} bytes: encrypt long data under a data key (GenerateDataKey).`,
    find: (log) =>
      log.filter(
        ({ event: { eventName, errorMessage = "" } }) =>
          eventName === "Encrypt" &&
          /at 'plaintext' .* less than or equal to|cannot encrypt data larger/.test(errorMessage),
      ),
  },
  "pkcs1-import": {
    advice:
      "AWS refuses RSAES_PKCS1_V1_5 for importing key material: use RSAES_OAEP_SHA_256 or RSA_AES_KEY_WRAP_SHA_256.",
    find: (log) => log.filter(({ event }) => event.requestParameters?.["wrappingAlgorithm"] === "RSAES_PKCS1_V1_5"),
  },
  "unnamed-key": {
    advice: "Decrypt without KeyId opens whatever key's ciphertext it is given: name the key that is meant.",
    find: (log) =>
      log.filter(({ event: { eventName, errorCode, requestParameters } }) => {
        const member = { Decrypt: "keyId", ReEncrypt: "sourceKeyId" }[eventName];
        return errorCode === undefined && member !== undefined && requestParameters?.[member] === undefined;
      }),
  },
};

/** What the rules find, each rule that finds something once. */
export function misusesIn(log: readonly Recorded[]): Misuse[] {
  return Object.entries(RULES).flatMap(([rule, { advice, find }]) => {
    const events = find(log).map(({ event }) => event);
    return events.length === 0 ? [] : [{ rule: rule as MisuseRule, advice, events }];
  });
}

/** An asymmetric key has no place for a context, so that only SYMMETRIC_DEFAULT can lack one. */
function lacksContext({ eventName, requestParameters }: KmsEvent): boolean {
  const members = Object.hasOwn(CONTEXTS, eventName) ? (CONTEXTS[eventName] ?? []) : [];
  return members.some((member) => {
    const algorithm = requestParameters?.[member.replace(/ncryptionContext$/, "ncryptionAlgorithm")];
    if (algorithm !== undefined && algorithm !== "SYMMETRIC_DEFAULT") return false;
    return Object.keys((requestParameters?.[member] as object | undefined) ?? {}).length === 0;
  });
}

/** Encrypt of full length, followed by another of the same caller with the same key: a long text in pieces. */
function chunks(log: readonly Recorded[]): Recorded[] {
  const found = new Set<Recorded>();
  const full = new Map<string, Recorded>();
  for (const recorded of log) {
    const { event, plaintextBytes } = recorded;
    if (event.eventName !== "Encrypt" || event.errorCode !== undefined) continue;
    const who = `${event.userIdentity.arn} ${event.resources[0]?.ARN}`;
    const before = full.get(who);
    if (before !== undefined) found.add(before).add(recorded);
    if (plaintextBytes === MAX_PLAINTEXT_BYTES) full.set(who, recorded);
    else full.delete(who);
  }
  return [...found];
}
