/** From what a caller calls a key to the key: an identifier, its ARN, an alias or its ARN. */

import { after, type Soon } from "../storage/soon.ts";
import { aliasArn, isKeyId, keyArn, parseArn } from "./arn.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import { aliasByName, keyById, type Place } from "./key-records.ts";

export interface LookupOptions {
  /** Whether the operation takes an alias in place of a key; true by default. */
  readonly aliases?: boolean;
  /** Whether it takes keys of other accounts (API reference, "Cross-account use"); by default when it takes aliases. */
  readonly otherAccounts?: boolean;
}

/**
 * The key that the caller names.
 * @throws KmsError NotFoundException, and InvalidArnException for an alias where none is taken, before any lookup.
 */
export function findKey(context: CallContext, name: string, options: LookupOptions = {}): Soon<KeyRecord> {
  // By its identifier alone: what most calls do. What there is needs no look at how it is spelt.
  const own = name.includes("/") ? undefined : keyById(context, name);
  return after(own, (stored) => stored?.value ?? findNamed(context, name, options));
}

function findNamed(context: CallContext, name: string, options: LookupOptions): Soon<KeyRecord> {
  const { aliases = true, otherAccounts = aliases } = options;
  const { account, resource } = resourceOf(context, name);
  const place = { account, region: context.region };
  const isInReach = account === context.account || otherAccounts;
  if (!resource.startsWith("alias/")) return keyOf(context, place, resource.slice("key/".length), name, isInReach);
  if (!aliases) fail("InvalidArnException", "Key Aliases are not supported for this operation.");
  return keyOfAlias(context, place, resource, name, isInReach);
}

/** The alias's name by which the caller names a key, or `undefined` when it is not by an alias. */
export function aliasNameIn(name: string): string | undefined {
  if (name.startsWith("alias/")) return name;
  const start = name.indexOf(":alias/");
  return name.startsWith("arn:") && start > 0 ? name.slice(start + 1) : undefined;
}

/** `key/<id>` or `alias/<name>` and whose it is, whatever the form that was given. */
function resourceOf(context: CallContext, name: string): { readonly account: string; readonly resource: string } {
  const { account } = context;
  if (name.startsWith("alias/")) return { account, resource: name };
  if (!name.startsWith("arn:")) {
    return isKeyId(name) ? { account, resource: `key/${name}` } : fail("NotFoundException", `Invalid keyId '${name}'`);
  }
  const arn = parseArn(name) ?? fail("NotFoundException", `Invalid arn ${name}`);
  if (arn.region !== context.region) fail("NotFoundException", `Invalid arn ${arn.region}`);
  const [type, id = ""] = splitOnce(arn.resource, "/");
  if (type === "key" && !isKeyId(id)) fail("NotFoundException", `Invalid keyId ${id}`);
  return arn;
}

function keyOfAlias(
  context: CallContext,
  place: Place,
  resource: string,
  name: string,
  isInReach: boolean,
): Soon<KeyRecord> {
  const arn = name.startsWith("arn:") ? name : aliasArn(place, name);
  const isHere = isInReach && arn === aliasArn(place, resource);
  return after(isHere ? aliasByName(context, resource, place) : undefined, (alias) => {
    if (alias === undefined) fail("NotFoundException", `Alias ${arn} is not found.`);
    return keyOf(context, place, alias.value.targetKeyId, alias.value.targetKeyId, true);
  });
}

/** @param name as the caller has it; one in another partition names no key. */
function keyOf(context: CallContext, place: Place, keyId: string, name: string, isInReach: boolean): Soon<KeyRecord> {
  const isHere = isInReach && (!name.startsWith("arn:") || name === keyArn(place, keyId));
  return after(isHere ? keyById(context, keyId, place) : undefined, (stored) => {
    if (stored !== undefined) return stored.value;
    return fail("NotFoundException", `Key '${name.startsWith("arn:") ? name : keyArn(place, keyId)}' does not exist`);
  });
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
