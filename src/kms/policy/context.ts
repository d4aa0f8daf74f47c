/** The request context: what conditions and policy variables are tested against. */

const ENCRYPTION_CONTEXT = "kms:encryptioncontext:";

declare const canonical: unique symbol;

/** Condition keys in the spelling of {@link canonicalKey}, each with its values. Made by {@link conditionContext}. */
export type ConditionContext = ReadonlyMap<string, readonly string[]> & { readonly [canonical]: true };

/**
 * The one spelling under which a condition key is looked up.
 *
 * Condition keys are not case-sensitive (IAM user guide, "Condition"), but the names inside an encryption context are:
 * `KMS:EncryptionContext:Dept` and `kms:encryptioncontext:Dept` are one key, `kms:EncryptionContext:dept` is another.
 */
export function canonicalKey(name: string): string {
  const lower = name.toLowerCase();
  if (!lower.startsWith(ENCRYPTION_CONTEXT)) return lower;
  return ENCRYPTION_CONTEXT + name.slice(ENCRYPTION_CONTEXT.length);
}

/** A request context from keys in any spelling; the values of a key that is given twice are joined. */
export function conditionContext(entries: Iterable<readonly [string, readonly string[]]>): ConditionContext {
  const context = new Map<string, readonly string[]>();
  for (const [name, values] of entries) {
    const key = canonicalKey(name);
    context.set(key, [...(context.get(key) ?? []), ...values]);
  }
  return context as unknown as ConditionContext;
}

export const emptyContext: ConditionContext = conditionContext([]);
