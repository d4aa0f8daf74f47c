/**
 * OpenSSL's `evp_test` files of elliptic curves: pairs, agreements and signatures of the NIST curves, secp256k1,
 * Ed25519, Ed448, X25519 and X448. Cases that test OpenSSL's own interface, not an algorithm, are skipped.
 *
 * As in the suite of ECDSA, a signature with a deterministic nonce is verified and not made again.
 */

import { FIELD_BYTES } from "../../der/ec-params.ts";
import { decodeEcdsaSignature } from "../../der/ecdsa-signature.ts";
import { decodeSpki } from "../../der/spki.ts";
import { type EvpCase, type EvpFile, parseEvp } from "../parsers/evp.ts";
import type { Suite } from "../suite.ts";
import { agree } from "./ecdh.ts";
import { ecdsaOf } from "./ecdsa.ts";
import { type EdCurve, signAndVerify } from "./eddsa.ts";
import { controlBytes, controlsOf, evpBytes } from "./evp.ts";
import { hashOf } from "./hashes.ts";
import { ecPrivate, ecPublic, octetKey, pem, publicKeyOf } from "./keys.ts";
import { type OpensslKey, privateKey, publicKey } from "./openssl-keys.ts";
import { decoding, difference, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { unwrapPkcs8, withKey } from "./token.ts";
import { xAgree } from "./xdh.ts";

const ALGORITHMS: ReadonlySet<string> = new Set([
  "ECDH",
  "ECDSA",
  "ECDSA deterministic",
  "Ed25519 and Ed448",
  "Ed25519, X25519, Ed448 and X448",
]);

export const opensslEc: Suite = suite(
  "openssl-ec",
  "Elliptic curves (OpenSSL)",
  ({ algorithm, format }) => format === "evp" && ALGORITHMS.has(algorithm),
  function* (input) {
    const file = parseEvp(input.text);
    for (const one of file.cases) yield trial(input, file, one);
  },
);

type Attempt = Pick<Trial, "run" | "skip" | "result" | "stricter">;

function trial(input: Input, file: EvpFile, one: EvpCase): Trial {
  const { id, operation } = one;
  const handler = HANDLERS[operation];
  return { id, ...(handler?.(input, file, one) ?? skipped("openssl-interface")) };
}

function skipped(reason: string): Attempt {
  return { skip: reason, run: () => undefined };
}

/** A key on a curve that the token does not have: unwrapped as PKCS #8, or read as SubjectPublicKeyInfo. */
function refusedKey({ lax }: Input, file: EvpFile, name: string): Attempt {
  const [own, peer] = ["PrivateKey", "PublicKey"].map((kind) => file.keys.get(`${kind}:${name}`)?.text);
  const run = (): undefined => {
    if (own !== undefined) lax.destroyObject(unwrapPkcs8(lax, "EC", pem(own, "PRIVATE KEY")));
    else decoding(() => decodeSpki(pem(peer ?? "", "PUBLIC KEY")));
    return undefined;
  };
  return { stricter: "no-curve", run };
}

const HANDLERS: Readonly<Record<string, (input: Input, file: EvpFile, one: EvpCase) => Attempt>> = {
  PrivPubKeyPair: pair,
  Derive: derive,
  Verify: (input, file, one) => verify(input, file, one, one.target),
  DigestVerify: (input, file, one) => verify(input, file, one, one.fields["Key"] ?? ""),
  OneShotDigestVerify: (input, file, one) => verify(input, file, one, one.fields["Key"] ?? ""),
  "Verify-Message": (input, file, one) => verify(input, file, one, one.target.split(":")[1] ?? ""),
  DigestSign: (input, file, one) => sign(input, file, one, one.fields["Key"] ?? ""),
  OneShotDigestSign: (input, file, one) => sign(input, file, one, one.fields["Key"] ?? ""),
  "Sign-Message": (input, file, one) => sign(input, file, one, one.target.split(":")[1] ?? ""),
};

function pair(input: Input, file: EvpFile, { target, fields }: EvpCase): Attempt {
  const { session } = input;
  const [privateName = "", publicName = ""] = target.split(":");
  const [own, peer] = [privateKey(file, privateName), publicKey(file, publicName)];
  if (own === undefined || peer === undefined || own.type === "RSA" || peer.type === "RSA")
    return refusedKey(input, file, privateName);
  const template =
    own.type === "EC"
      ? ecPrivate(own.curve, own.value, "derive")
      : octetKey("PRIVATE_KEY", own.type, own.value, "derive");
  const run = () =>
    withKey(session, own.type.startsWith("Ed") ? { ...template, usage: "sign" } : template, (key) => {
      const differs = own.type === peer.type ? difference(publicKeyOf(session, key), peer.value) : "another curve";
      if (differs !== undefined) throw new Refusal(differs);
      return undefined;
    });
  return { result: fields["Result"] === undefined ? "valid" : "invalid", run };
}

function derive(input: Input, file: EvpFile, { target, fields }: EvpCase): Attempt {
  // The cofactor of these curves is 1, and the mode makes no difference.
  const isPlain = [...controlsOf(fields).keys()].every((name) => name === "ecdh_cofactor_mode");
  if (fields["Result"] !== undefined || !isPlain) return skipped("openssl-interface");
  const [own, peer] = [privateKey(file, target), publicKey(file, textAt(fields, "PeerKey"))];
  if (own === undefined || peer === undefined || own.type === "RSA" || peer.type === "RSA")
    return refusedKey(input, file, target);
  const run = (): string | undefined => {
    const secret = evpBytes(textAt(fields, "SharedSecret"));
    if (own.type === "EC") return difference(agree(input, own.curve, own.value, peer.value), secret);
    return difference(xAgree(input, own.type as "X25519" | "X448", own.value, peer.value), secret);
  };
  return { run };
}

/** The instance of EdDSA and its context, or the skip of one that the token does not have. */
function edMechanism({ operation, target, fields }: EvpCase) {
  const controls = controlsOf(fields);
  const name = controls.get("instance") ?? (operation.endsWith("-Message") ? target.split(":")[0] : undefined) ?? "";
  if (/ctx$/i.test(name)) return undefined;
  const context = controlBytes(controls, "context-string");
  return {
    mechanism: "EDDSA",
    phFlag: /ph$/i.test(name),
    ...(context === undefined || context.length === 0 ? {} : { context }),
  } as const;
}

function verify(input: Input, file: EvpFile, one: EvpCase, keyName: string): Attempt {
  const { fields } = one;
  const key = publicKey(file, keyName) ?? publicHalf(input, privateKey(file, keyName));
  const isOther = fields["Result"] !== undefined && fields["Result"] !== "VERIFY_ERROR";
  if (isOther || fields["Input"] === undefined || fields["Output"] === undefined) return skipped("openssl-interface");
  if (key === undefined || key.type === "RSA" || key.type.startsWith("X")) return refusedKey(input, file, keyName);
  const result = fields["Result"] === undefined ? "valid" : "invalid";
  const [message, signature] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
  if (key.type !== "EC") {
    const mechanism = edMechanism(one);
    if (mechanism === undefined) return skipped("no-mechanism");
    const run = (): undefined =>
      withKey(input.session, octetKey("PUBLIC_KEY", key.type as EdCurve, key.value, "sign"), (handle) => {
        input.session.verify(mechanism, handle, message, signature);
        return undefined;
      });
    return { result, run };
  }
  const hashName = one.operation === "Verify" ? undefined : one.target;
  if (hashName !== undefined && hashOf(hashName) === undefined) return skipped("no-mechanism");
  return { result, run: () => ecdsaVerify(input, key, hashName, message, signature) };
}

/** Without a hash the message is the digest. */
function ecdsaVerify(
  input: Input,
  key: OpensslKey & { readonly type: "EC" },
  hashName: string | undefined,
  message: Uint8Array,
  der: Uint8Array,
): undefined {
  const signature = decodeEcdsaSignature(der, FIELD_BYTES[key.curve]);
  if (signature === undefined) throw new Refusal("the signature is not DER");
  const { mechanism, data } =
    hashName === undefined ? ({ mechanism: "ECDSA", data: message } as const) : ecdsaOf(input, hashName, message);
  withKey(input.session, ecPublic(key.curve, key.value), (handle) =>
    input.session.verify(mechanism, handle, data, signature),
  );
}

function publicHalf({ session }: Input, key: OpensslKey | undefined): OpensslKey | undefined {
  if (key?.type !== "EC") return undefined;
  const value = withKey(session, ecPrivate(key.curve, key.value, "sign"), (handle) => publicKeyOf(session, handle));
  return { ...key, value };
}

function sign(input: Input, file: EvpFile, one: EvpCase, keyName: string): Attempt {
  const { fields, target } = one;
  const key = privateKey(file, keyName);
  if (fields["Result"] !== undefined || fields["Output"] === undefined) return skipped("openssl-interface");
  if (key === undefined || key.type === "RSA" || key.type.startsWith("X")) return refusedKey(input, file, keyName);
  const [message, signature] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
  if (key.type !== "EC") {
    const mechanism = edMechanism(one);
    if (mechanism === undefined) return skipped("no-mechanism");
    const pairOf = { curve: key.type as EdCurve, seed: key.value, message, signature, mechanism };
    return { run: () => signAndVerify(input, pairOf) };
  }
  if (hashOf(target) === undefined) return skipped("no-mechanism");
  const run = (): undefined => {
    const half = publicHalf(input, key) as OpensslKey & { readonly type: "EC" };
    ecdsaVerify(input, half, target, message, signature);
    const { mechanism, data } = ecdsaOf(input, target, message);
    const { session } = input;
    const own = withKey(session, ecPrivate(key.curve, key.value, "sign"), (handle) =>
      session.sign(mechanism, handle, data),
    );
    withKey(session, ecPublic(key.curve, half.value), (handle) => session.verify(mechanism, handle, data, own));
  };
  return { run };
}
