/** Encryption, digests, signatures and what combines them (PKCS #11 v3.1, 5.8 to 5.16). */

import { concat, wipe } from "../../bytes/bytes.ts";
import type { Session } from "../../token/session.ts";
import { bytes, type Call, type Calls, handle, inSession } from "./arguments.ts";
import { mechanism } from "./mechanism.ts";
import type { OperationFunctions } from "./types.ts";

type Key = Parameters<Session["encryptInit"]>[1];

/** The two parts of an output in one. */
function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const all = concat(head, tail);
  wipe(head, tail);
  return all;
}

const encryption = {
  C_EncryptInit: inSession([mechanism, handle], ({ session, outputs }, choice, key) =>
    outputs.begin("encrypt", () => session.encryptInit(choice, key as Key)),
  ),
  C_Encrypt: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.once("encrypt", data, out, () => joined(session.encryptUpdate(data), session.encryptFinal())),
  ),
  C_EncryptUpdate: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.update("encrypt", data, out, () => session.encryptUpdate(data)),
  ),
  C_EncryptFinal: inSession([bytes], ({ session, outputs }, out) =>
    outputs.final("encrypt", out, () => session.encryptFinal()),
  ),
  C_DecryptInit: inSession([mechanism, handle], ({ session, outputs }, choice, key) =>
    outputs.begin("decrypt", () => session.decryptInit(choice, key as Key)),
  ),
  C_Decrypt: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.once("decrypt", data, out, () => joined(session.decryptUpdate(data), session.decryptFinal())),
  ),
  C_DecryptUpdate: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.update("decrypt", data, out, () => session.decryptUpdate(data)),
  ),
  C_DecryptFinal: inSession([bytes], ({ session, outputs }, out) =>
    outputs.final("decrypt", out, () => session.decryptFinal()),
  ),
};

const digests = {
  C_DigestInit: inSession([mechanism], ({ session, outputs }, choice) =>
    outputs.begin("digest", () => session.digestInit(choice)),
  ),
  C_Digest: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.once("digest", data, out, () => {
      session.digestUpdate(data);
      return session.digestFinal();
    }),
  ),
  C_DigestUpdate: inSession([bytes], ({ session, outputs }, data) =>
    outputs.absorb("digest", () => session.digestUpdate(data)),
  ),
  C_DigestKey: inSession([handle], ({ session, outputs }, key) =>
    outputs.absorb("digest", () => session.digestKey(key as Key)),
  ),
  C_DigestFinal: inSession([bytes], ({ session, outputs }, out) =>
    outputs.final("digest", out, () => session.digestFinal()),
  ),
};

const signatures = {
  C_SignInit: inSession([mechanism, handle], ({ session, outputs }, choice, key) =>
    outputs.begin("sign", () => session.signInit(choice, key as Key)),
  ),
  C_Sign: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.once("sign", data, out, () => {
      session.signUpdate(data);
      return session.signFinal();
    }),
  ),
  C_SignUpdate: inSession([bytes], ({ session, outputs }, data) =>
    outputs.absorb("sign", () => session.signUpdate(data)),
  ),
  C_SignFinal: inSession([bytes], ({ session, outputs }, out) => outputs.final("sign", out, () => session.signFinal())),
  C_SignRecoverInit: inSession([mechanism, handle], ({ session, outputs }, choice, key) =>
    outputs.begin("signRecover", () => session.signRecoverInit(choice, key as Key)),
  ),
  C_SignRecover: inSession([bytes, bytes], ({ session, outputs }, data, out) =>
    outputs.once("signRecover", data, out, () => session.signRecoverFinal(data)),
  ),
  C_VerifyInit: inSession([mechanism, handle], ({ session }, choice, key) => session.verifyInit(choice, key as Key)),
  C_Verify: inSession([bytes, bytes], ({ session }, data, signature) => {
    session.verifyUpdate(data);
    return session.verifyFinal(signature);
  }),
  C_VerifyUpdate: inSession([bytes], ({ session }, data) => session.verifyUpdate(data)),
  C_VerifyFinal: inSession([bytes], ({ session }, signature) => session.verifyFinal(signature)),
  C_VerifyRecoverInit: inSession([mechanism, handle], ({ session, outputs }, choice, key) =>
    outputs.begin("verifyRecover", () => session.verifyRecoverInit(choice, key as Key)),
  ),
  C_VerifyRecover: inSession([bytes, bytes], ({ session, outputs }, signature, out) =>
    outputs.once("verifyRecover", signature, out, () => session.verifyRecoverFinal(signature)),
  ),
};

/** Two operations over one part (5.16); its output is that of the cipher. */
function dual(
  kind: "encrypt" | "decrypt",
  name: "digestEncryptUpdate" | "decryptDigestUpdate" | "signEncryptUpdate" | "decryptVerifyUpdate",
): Call {
  return inSession([bytes, bytes], ({ session, outputs }, part, out) =>
    outputs.update(kind, part, out, () => session[name](part), name),
  );
}

const combined = {
  C_DigestEncryptUpdate: dual("encrypt", "digestEncryptUpdate"),
  C_DecryptDigestUpdate: dual("decrypt", "decryptDigestUpdate"),
  C_SignEncryptUpdate: dual("encrypt", "signEncryptUpdate"),
  C_DecryptVerifyUpdate: dual("decrypt", "decryptVerifyUpdate"),
};

export const operations: Calls<OperationFunctions> = { ...encryption, ...digests, ...signatures, ...combined };
