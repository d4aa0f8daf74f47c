/**
 * OpenSSL's `evp_test` files of RSA: verification over digests, and deterministic signatures over messages. Cases that
 * test OpenSSL's own interface, not an algorithm, are skipped.
 */

import { type EvpCase, type EvpFile, parseEvp } from "../parsers/evp.ts";
import type { Suite } from "../suite.ts";
import { controlsOf, evpBytes } from "./evp.ts";
import { hashOf } from "./hashes.ts";
import { rsaBounds, rsaLimits, rsaPrivate, rsaPublic } from "./keys.ts";
import { type OpensslKey, privateKey, publicKey } from "./openssl-keys.ts";
import { pkcs1Of, prehashedPkcs1 } from "./rsa-hash.ts";
import { privateBounds } from "./rsa-keys.ts";
import { difference, type Input, suite, type Trial, textAt } from "./support.ts";
import { sessionFor, withKey } from "./token.ts";

export const opensslRsa: Suite = suite(
  "openssl-rsa",
  "RSA (OpenSSL)",
  ({ algorithm, format }) => algorithm === "RSA" && format === "evp",
  function* (input) {
    const file = parseEvp(input.text);
    for (const one of file.cases) yield { id: one.id, ...attempt(input, file, one) };
  },
);

type Attempt = Pick<Trial, "run" | "skip" | "result" | "stricter">;

function skipped(reason: string): Attempt {
  return { skip: reason, run: () => undefined };
}

function attempt(input: Input, file: EvpFile, one: EvpCase): Attempt {
  if (one.operation === "Verify") return verify(input, file, one);
  return one.operation === "Sign-Message" ? sign(input, file, one) : skipped("openssl-interface");
}

function rsaKey(file: EvpFile, name: string): (OpensslKey & { readonly type: "RSA" }) | undefined {
  const key = publicKey(file, name) ?? privateKey(file, name);
  return key?.type === "RSA" ? key : undefined;
}

/** Without a padding mode PKCS #1 v1.5; without a salt length, the signature's own, which for these is the digest's. */
function verify(input: Input, file: EvpFile, { target, fields }: EvpCase): Attempt {
  const controls = controlsOf(fields);
  const key = rsaKey(file, target);
  const hash = hashOf(controls.get("digest") ?? "SHA1");
  const isPss = controls.get("rsa_padding_mode") === "pss";
  const isOther = fields["Result"] !== undefined && fields["Result"] !== "VERIFY_ERROR";
  if (isOther || key === undefined || fields["Input"] === undefined) return skipped("openssl-interface");
  if (hash === undefined) return skipped("no-mechanism");
  const [digest, signature] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
  const saltBytes = Number(controls.get("rsa_pss_saltlen") ?? digest.length);
  if (isPss && !Number.isInteger(saltBytes)) return skipped("openssl-interface");
  const session = sessionFor(input, rsaLimits(key.n, key.e));
  const run = (): undefined =>
    withKey(session, rsaPublic(key.n, key.e, "sign"), (handle) => {
      const mgf = hashOf(controls.get("rsa_mgf1_md") ?? hash);
      if (isPss) session.verify({ mechanism: "RSA_PKCS_PSS", hash, mgf, saltBytes }, handle, digest, signature);
      else session.verify("RSA_PKCS", handle, prehashedPkcs1(hash, digest), signature);
      return undefined;
    });
  const result = fields["Result"] === undefined ? "valid" : "invalid";
  return { result, stricter: rsaBounds(key.n, key.e), run };
}

/** `RSA-SHA256:RSA-2048`: the algorithm and the key. */
function sign(input: Input, file: EvpFile, { target, fields }: EvpCase): Attempt {
  const [algorithm = "", name = ""] = target.split(":");
  const key = privateKey(file, name);
  const hashName = algorithm.replace(/^RSA-/, "");
  if (fields["Result"] !== undefined || key?.type !== "RSA" || key.components === undefined)
    return skipped("openssl-interface");
  if (hashOf(hashName) === undefined || hashOf(hashName) === "SM3") return skipped("no-mechanism");
  const { components } = key;
  const session = sessionFor(input, rsaLimits(key.n, key.e));
  const run = () =>
    withKey(session, rsaPrivate(components, "sign"), (handle) => {
      const { mechanism, data } = pkcs1Of(input, hashName, evpBytes(textAt(fields, "Input")));
      return difference(session.sign(mechanism, handle, data), evpBytes(textAt(fields, "Output")));
    });
  return { stricter: privateBounds(components), run };
}
