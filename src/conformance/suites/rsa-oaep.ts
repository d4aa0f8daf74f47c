/** RSAES-OAEP decryption through CKM_RSA_PKCS_OAEP. */

import { concat } from "../../bytes/bytes.ts";
import type { RsaComponents } from "../../crypto/engine.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { parsePkcs1 } from "../parsers/pkcs1.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof, type WycheproofGroup } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { evpBytes } from "./evp.ts";
import { hashOf } from "./hashes.ts";
import { rsaBounds, rsaLimits, rsaPrivate, unsignedHex } from "./keys.ts";
import { componentsOf, componentsOfPkcs8, privateBounds } from "./rsa-keys.ts";
import { bytesAt, caseOf, difference, type Input, suite, type Trial, textAt } from "./support.ts";
import { type SharedKey, sessionFor, sharing, sharingMade, unwrapPkcs8 } from "./token.ts";

export const rsaOaep: Suite = suite(
  "rsa-oaep",
  "RSA-OAEP",
  ({ algorithm }) => algorithm === "RSA-OAEP",
  (input) => {
    if (input.file.format === "wycheproof") return wycheproof(input);
    return input.file.format === "pkcs1" ? rsaLabs(input) : labels(input);
  },
);

interface OaepCase {
  readonly hashName: string;
  readonly mgfName: string;
  readonly label: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly message: Uint8Array;
}

function decrypt(key: SharedKey, one: OaepCase): string | undefined {
  const [hash, mgf] = [hashOf(one.hashName), hashOf(one.mgfName)];
  if (hash === undefined || mgf === undefined) return "a hash that the token does not have";
  const mechanism = { mechanism: "RSA_PKCS_OAEP", hash, mgf, label: one.label } as const;
  return difference(key.session.decrypt(mechanism, key.handle, one.ciphertext), one.message);
}

function unlessKnown(...hashNames: string[]): string | undefined {
  return hashNames.every((name) => hashOf(name) !== undefined) ? undefined : "no-mechanism";
}

/** Keys of more than two primes have no attributes in PKCS #11: they are unwrapped as PKCS #8, and refused there. */
function* wycheproof(input: Input): Generator<Trial> {
  const isMultiPrime = input.file.path.includes("three_primes");
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const pkcs8 = bytesAt(group, "privateKeyPkcs8");
    const components = componentsOfPkcs8(pkcs8);
    const [hashName, mgfName] = [textAt(group, "sha"), textAt(group, "mgfSha")];
    const limits = isMultiPrime ? "rsa-multi-prime" : rsaLimits(...publicNumbers(group));
    const session = sessionFor(input, limits);
    const stricter = isMultiPrime ? limits : rsaBounds(...publicNumbers(group));
    const open = (): ObjectHandle =>
      isMultiPrime ? unwrapPkcs8(session, "RSA", pkcs8) : session.createObject(rsaPrivate(components(), "encrypt"));
    yield* sharingMade(session, open, function* (key) {
      for (const test of tests) {
        const one = {
          hashName,
          mgfName,
          label: bytesAt(test.fields, "label"),
          ciphertext: bytesAt(test.fields, "ct"),
          message: bytesAt(test.fields, "msg"),
        };
        yield { ...caseOf(test), skip: unlessKnown(hashName, mgfName), stricter, run: () => decrypt(key, one) };
      }
    });
  }
}

function publicNumbers(group: WycheproofGroup["fields"]): [n: Uint8Array, e: Uint8Array] {
  const key = group["privateKey"] as Readonly<Record<string, string>>;
  return [unsignedHex(key["modulus"] ?? ""), unsignedHex(key["publicExponent"] ?? "")];
}

const none = new Uint8Array(0);

/** The hashes are in the title, "OAEP Example 1 alg=sha256 mgf1=sha1"; SHA-1 both where they are not. */
function* rsaLabs(input: Input): Generator<Trial> {
  for (const { id, title, key: keyFields, fields } of parsePkcs1(input.text)) {
    const components = componentsOf(keyFields);
    const [, hashName = "sha1", mgfName = "sha1"] = /alg=(\w+) mgf1=(\w+)/.exec(title) ?? [];
    yield* oneKey(input, id, components, {
      hashName,
      mgfName,
      label: none,
      ciphertext: bytesAt(fields, "Encryption"),
      message: bytesAt(fields, "Message"),
    });
  }
}

function* oneKey(input: Input, id: string, components: RsaComponents, one: OaepCase): Generator<Trial> {
  const { n, e } = components;
  // Some files write the integer of a ciphertext without its zeros in front.
  const ciphertext = concat(new Uint8Array(Math.max(0, n.length - one.ciphertext.length)), one.ciphertext);
  const session = sessionFor(input, rsaLimits(n, e));
  yield* sharing(
    session,
    () => rsaPrivate(components, "encrypt"),
    function* (key) {
      const run = () => decrypt(key, { ...one, ciphertext });
      yield { id, skip: unlessKnown(one.hashName, one.mgfName), stricter: privateBounds(components), run };
    },
  );
}

/** MGF1 has the hash of the digest; the message is a quoted text. */
function* labels(input: Input): Generator<Trial> {
  for (const { id, shared, fields } of parseRsp(input.text)) {
    const all = { ...shared, ...fields };
    const components = componentsOfPkcs8(bytesAt(all, "KEY"))();
    yield* oneKey(input, id, components, {
      hashName: textAt(all, "OAEPDigest"),
      mgfName: textAt(all, "OAEPDigest"),
      label: bytesAt(all, "OAEPLabel"),
      ciphertext: bytesAt(all, "Input"),
      message: evpBytes(textAt(all, "Output")),
    });
  }
}
