/** From what a caller calls a key to the key: an identifier, its ARN, an alias or its ARN. */

import { aliasArn, isKeyId, keyArn, parseArn } from "./arn.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import { aliasByName, keyById } from "./key-records.ts";

export interface LookupOptions {
  /** Whether the operation takes an alias in place of a key; true by default. */
  readonly aliases?: boolean;
}

/**
 * The key that the caller names.
 * @throws KmsError NotFoundException, and InvalidArnException for an alias where none is taken, before any lookup.
 */
export async function findKey(context: CallContext, name: string, options: LookupOptions = {}): Promise<KeyRecord> {
  const resource = resourceOf(context, name);
  if (!resource.startsWith("alias/")) return keyOf(context, resource.slice("key/".length), name);
  if (options.aliases === false) fail("InvalidArnException", "Key Aliases are not supported for this operation.");
  const arn = name.startsWith("arn:") ? name : aliasArn(context, name);
  const alias = arn === aliasArn(context, resource) ? await aliasByName(context, resource) : undefined;
  if (alias === undefined) fail("NotFoundException", `Alias ${arn} is not found.`);
  return keyOf(context, alias.value.targetKeyId, alias.value.targetKeyId);
}

/** The alias's name by which the caller names a key, or `undefined` when it is not by an alias. */
export function aliasNameIn(name: string): string | undefined {
  if (name.startsWith("alias/")) return name;
  const start = name.indexOf(":alias/");
  return name.startsWith("arn:") && start > 0 ? name.slice(start + 1) : undefined;
}

/** `key/<id>` or `alias/<name>`, whatever the form that was given. */
function resourceOf(context: CallContext, name: string): string {
  if (name.startsWith("alias/")) return name;
  if (!name.startsWith("arn:")) {
    return isKeyId(name) ? `key/${name}` : fail("NotFoundException", `Invalid keyId '${name}'`);
  }
  const arn = parseArn(name) ?? fail("NotFoundException", `Invalid arn ${name}`);
  if (arn.region !== context.region) fail("NotFoundException", `Invalid arn ${arn.region}`);
  const [type, id = ""] = splitOnce(arn.resource, "/");
  if (type === "key" && !isKeyId(id)) fail("NotFoundException", `Invalid keyId ${id}`);
  return arn.resource;
}

async function keyOf(context: CallContext, keyId: string, name: string): Promise<KeyRecord> {
  const arn = name.startsWith("arn:") ? name : keyArn(context, keyId);
  const stored = arn === keyArn(context, keyId) ? await keyById(context, keyId) : undefined;
  return stored?.value ?? fail("NotFoundException", `Key '${arn}' does not exist`);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
