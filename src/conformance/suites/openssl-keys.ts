/** The keys of OpenSSL's `evp_test` files, PEM or raw. */

import type { CurveName, RsaComponents } from "../../crypto/engine.ts";
import type { EcCurve } from "../../der/ec-params.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { EvpFile } from "../parsers/evp.ts";
import { pem } from "./keys.ts";
import { bytesAt, Refusal } from "./support.ts";

type RawCurve = "X25519" | "X448" | "Ed25519" | "Ed448";

export type OpensslKey =
  | { readonly type: "EC"; readonly curve: CurveName; readonly value: Uint8Array }
  | { readonly type: RawCurve; readonly value: Uint8Array }
  | { readonly type: "RSA"; readonly n: Uint8Array; readonly e: Uint8Array; readonly components?: RsaComponents };

const RAW: Readonly<Record<string, RawCurve>> = { X25519: "X25519", X448: "X448", ED25519: "Ed25519", ED448: "Ed448" };

/** A private key by its name, or `undefined` when it is none that the token's decoders read. */
export function privateKey(file: EvpFile, name: string): OpensslKey | undefined {
  const raw = rawKey(file, "PrivateKeyRaw", name);
  if (raw !== undefined) return raw;
  return orUndefined(() => {
    const info = decodePkcs8(pem(file.keys.get(`PrivateKey:${name}`)?.text ?? "", "PRIVATE KEY"));
    if (info.type === "RSA") return { type: "RSA", n: info.n, e: info.e, components: info };
    if (info.type === "EC") return ecKey(info.curve, info.privateKey);
    return "seed" in info ? { type: info.type as RawCurve, value: info.seed } : undefined;
  });
}

/** A public key by its name, or `undefined` as above. */
export function publicKey(file: EvpFile, name: string): OpensslKey | undefined {
  const raw = rawKey(file, "PublicKeyRaw", name);
  if (raw !== undefined) return raw;
  return orUndefined(() => {
    const info = decodeSpki(pem(file.keys.get(`PublicKey:${name}`)?.text ?? "", "PUBLIC KEY"));
    if (info.type === "RSA") return info;
    if (info.type === "EC") return ecKey(info.curve, info.point);
    return "publicKey" in info ? { type: info.type as RawCurve, value: info.publicKey } : undefined;
  });
}

function ecKey(curve: EcCurve, value: Uint8Array): OpensslKey | undefined {
  return curve === "SM2" ? undefined : { type: "EC", curve, value };
}

function rawKey(file: EvpFile, kind: string, name: string): OpensslKey | undefined {
  const [algorithm = "", hex = ""] = file.keys.get(`${kind}:${name}`)?.text.split(":") ?? [];
  const type = RAW[algorithm.toUpperCase()];
  return type === undefined ? undefined : { type, value: bytesAt({ hex }, "hex") };
}

function orUndefined(read: () => OpensslKey | undefined): OpensslKey | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal || (error instanceof Error && error.name === "DerError")) return undefined;
    throw error;
  }
}
