/** C_GetAttributeValue and C_SetAttributeValue (PKCS #11 v3.1, 5.7.5 and 5.7.6). */

import { type AttributeName, type AttributeValue, CKA, type Template, type ValueOf } from "../cryptoki/attributes.ts";
import { copyList } from "../cryptoki/caller.ts";
import { demand } from "../cryptoki/error.ts";
import { checkChange, merged, requireTogether } from "../objects/build.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { outward, sizeOf } from "../objects/values.ts";
import type { Place } from "./drafts.ts";

/** Attributes that were asked for by name. */
export type Attributes<N extends AttributeName> = { readonly [K in N]: ValueOf<K> };

const MAX_NAMES = 1024;
/** A CK_ATTRIBUTE: type, pointer, length. */
const ATTRIBUTE_BYTES = 24;

/** A caller's list of attribute names, copied. @throws CkrError CKR_ARGUMENTS_BAD */
export function attributeNames(names: unknown): readonly unknown[] {
  const own = copyList(names, MAX_NAMES);
  demand(own, "ARGUMENTS_BAD", `the attribute names must be an array of at most ${MAX_NAMES}`);
  return own;
}

/** All the named attributes, or none. Secrets leave only a key that is extractable and not sensitive. */
export function readAttributes(target: TokenObject, names: readonly unknown[]): Attributes<AttributeName> {
  const isReadable = target.get("SENSITIVE") === false && target.isTrue("EXTRACTABLE");
  const secrets = new Set<AttributeName>(target.secretNames());
  const read = (name: unknown): [AttributeName, AttributeValue] => {
    const isKnown = isAttributeName(name);
    demand(
      isKnown && target.has(name),
      "ATTRIBUTE_TYPE_INVALID",
      `the object has no ${isKnown ? `CKA_${name}` : "such attribute"}`,
    );
    if (!secrets.has(name)) return [name, outward(target.get(name) as AttributeValue)];
    demand(isReadable, "ATTRIBUTE_SENSITIVE", `CKA_${name} does not leave the token`);
    return [name, target.secret(name).use((bytes) => Uint8Array.from(bytes))];
  };
  return Object.fromEntries(names.map(read)) as Attributes<AttributeName>;
}

/** What the object takes: every attribute with its type, and the secrets (C_GetObjectSize). */
export function objectSize(target: TokenObject): number {
  const open = [...target.entries()].map(([name, value]) => sizeOf(name, value));
  const secret = [...target.secretNames()].map((name) => target.secret(name).length);
  return [...open, ...secret].reduce((sum, size) => sum + ATTRIBUTE_BYTES + size, 0);
}

/** All the changes, or none. What the SO has certified is the SO's to change (PKCS #11 v3.2, 4.6.2). */
export function changeAttributes({ token, application }: Place, target: TokenObject, template: Template): void {
  demand(target.isTrue("MODIFIABLE"), "ACTION_PROHIBITED", "CKA_MODIFIABLE is false");
  const isCertified = target.get("CLASS") === "CERTIFICATE" && target.isTrue("TRUSTED");
  const isSo = token.loggedIn(application) === "so";
  demand(!isCertified || isSo, "ACTION_PROHIBITED", "trusted certificates are the SO's to change");
  const changes = Object.entries(template) as [AttributeName, AttributeValue][];
  for (const [name, value] of changes) {
    checkChange(target, name, value, { copy: false, isSo });
    enforce(token.surroundings.policy, "change", target, name, value);
  }
  requireTogether(merged(target.attributes(), template));
  token.objects.update(target, () => {
    for (const [name, value] of changes) target.set(name, value as never);
  });
}

function isAttributeName(name: unknown): name is AttributeName {
  return typeof name === "string" && Object.hasOwn(CKA, name);
}
