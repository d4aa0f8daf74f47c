/** RSAES-OAEP decryption through CKM_RSA_PKCS_OAEP. */

import { concat } from "../../bytes/bytes.ts";
import type { RsaComponents } from "../../crypto/engine.ts";
import { parsePkcs1 } from "../parsers/pkcs1.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof, type WycheproofGroup } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { evpBytes } from "./evp.ts";
import { digestMechanism, hashOf } from "./hashes.ts";
import { rsaLimits, rsaPrivate, unsignedHex } from "./keys.ts";
import { componentsOf, componentsOfPkcs8 } from "./rsa-keys.ts";
import { bytesAt, caseOf, difference, type Input, suite, type Trial, textAt } from "./support.ts";
import { type SharedKey, sharing, unlessOffered } from "./token.ts";

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

function decrypt({ session }: Input, key: SharedKey, one: OaepCase): string | undefined {
  const [hash, mgf] = [hashOf(one.hashName), hashOf(one.mgfName)];
  if (hash === undefined || mgf === undefined) return "a hash that the token does not have";
  const mechanism = { mechanism: "RSA_PKCS_OAEP", hash, mgf, label: one.label } as const;
  return difference(session.decrypt(mechanism, key.handle, one.ciphertext), one.message);
}

function unlessKnown(input: Input, ...hashNames: string[]): string | undefined {
  const hashes = hashNames.map(hashOf);
  return hashes
    .map((hash) => unlessOffered(input, hash && digestMechanism(hash)))
    .find((reason) => reason !== undefined);
}

/** Keys of more than two primes have a form that PKCS #11 has no attributes for. */
function* wycheproof(input: Input): Generator<Trial> {
  const isMultiPrime = input.file.path.includes("three_primes");
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const components = componentsOfPkcs8(bytesAt(group, "privateKeyPkcs8"));
    const [hashName, mgfName] = [textAt(group, "sha"), textAt(group, "mgfSha")];
    const skip = isMultiPrime ? "rsa-multi-prime" : unlessKnown(input, hashName, mgfName);
    yield* sharing(
      input.session,
      () => rsaPrivate(components(), "encrypt"),
      function* (key) {
        for (const test of tests) {
          const one = {
            hashName,
            mgfName,
            label: bytesAt(test.fields, "label"),
            ciphertext: bytesAt(test.fields, "ct"),
            message: bytesAt(test.fields, "msg"),
          };
          yield { ...caseOf(test), skip, stricter: limits(group), run: () => decrypt(input, key, one) };
        }
      },
    );
  }
}

function limits(group: WycheproofGroup["fields"]): string | undefined {
  const key = group["privateKey"] as Readonly<Record<string, string>>;
  return rsaLimits(unsignedHex(key["modulus"] ?? ""), unsignedHex(key["publicExponent"] ?? ""));
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
  yield* sharing(
    input.session,
    () => rsaPrivate(components, "encrypt"),
    function* (key) {
      const run = () => decrypt(input, key, { ...one, ciphertext });
      yield { id, skip: unlessKnown(input, one.hashName, one.mgfName), stricter: rsaLimits(n, e), run };
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
