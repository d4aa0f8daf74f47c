/**
 * Seed files of local-kms, as they are: version 2 (`Version: 2`), the one before it (`Keys: { Symmetric, Asymmetric }`)
 * and the oldest (`Keys` is a list of AES keys). `NextKeyRotation` is read over: a seed holds its materials.
 */

import { isObject, items, members, SeedError, text } from "./seed-reader.ts";

/** Whether the document is one of local-kms's: its names begin with capitals. */
export function isLocalKmsSeed(document: unknown): document is object {
  return isObject(document) && (Object.hasOwn(document, "Keys") || Object.hasOwn(document, "Aliases"));
}

/** The same as a document of ours. @throws SeedError */
export function fromLocalKms(document: object): object {
  const found = members(document, "the seed document", ["Version", "Keys", "Aliases"]);
  return {
    keys: keysOf(found["Keys"]),
    aliases: items(found["Aliases"], "Aliases", (value, what) => {
      const alias = members(value, what, ["AliasName", "TargetKeyId"], ["AliasName", "TargetKeyId"]);
      return { name: alias["AliasName"], target: alias["TargetKeyId"] };
    }),
  };
}

function keysOf(keys: unknown): object[] {
  if (keys === undefined || keys === null || Array.isArray(keys)) return items(keys, "Keys", key);
  const { Symmetric = {}, Asymmetric = {} } = members(keys, "Keys", ["Symmetric", "Asymmetric"]);
  const symmetric = members(Symmetric ?? {}, "Keys.Symmetric", ["Aes", "Hmac"]);
  const asymmetric = members(Asymmetric ?? {}, "Keys.Asymmetric", ["Rsa", "Ecc"]);
  return [
    ...items(symmetric["Aes"], "Keys.Symmetric.Aes", key),
    ...items(symmetric["Hmac"], "Keys.Symmetric.Hmac", key),
    ...items(asymmetric["Rsa"], "Keys.Asymmetric.Rsa", key),
    ...items(asymmetric["Ecc"], "Keys.Asymmetric.Ecc", key),
  ];
}

const KEY = ["KeyId", "Metadata", "NextKeyRotation", "Material", "BackingKeys", "PrivateKeyPem"];
const METADATA = ["KeyId", "Description", "KeySpec", "KeyUsage", "Enabled", "Origin", "CreationDate"];

function key(value: unknown, what: string): object {
  const found = members(value, what, KEY, ["Metadata"]);
  const metadata = members(found["Metadata"], `${what}.Metadata`, METADATA);
  const material =
    found["Material"] === undefined
      ? found
      : members(found["Material"], `${what}.Material`, ["BackingKeys", "PrivateKeyPem"]);
  const { BackingKeys, PrivateKeyPem } = material as {
    readonly BackingKeys?: unknown;
    readonly PrivateKeyPem?: unknown;
  };
  const given = BackingKeys ?? PrivateKeyPem;
  if (given === undefined) throw new SeedError(`${what} has neither BackingKeys nor PrivateKeyPem`);
  const usage = metadata["KeyUsage"];
  return {
    id: text(metadata["KeyId"] ?? found["KeyId"], `${what}.KeyId`),
    ...optional("spec", metadata["KeySpec"]),
    // A curve's key signs there where nothing else is said.
    ...optional("usage", usage ?? (what.startsWith("Keys.Asymmetric.Ecc") ? "SIGN_VERIFY" : undefined)),
    ...optional("description", metadata["Description"]),
    material: given,
  };
}

function optional(name: string, value: unknown): object {
  return value === undefined || value === null ? {} : { [name]: value };
}
