/** Encryption, digests, signatures and what combines them (PKCS #11 v3.1, 5.8 to 5.16). */

import { concat, wipe } from "../../../bytes/bytes.ts";
import type { Session } from "../../../token/session.ts";
import type { OpenSession } from "../application.ts";
import { type RawMechanism, readMechanism } from "../mechanism.ts";
import { OUTPUT_KINDS, type OutputKind } from "../outputs.ts";
import type { Implemented, OperationFunctions } from "../types.ts";
import { inSession } from "./call.ts";

type Key = Parameters<Session["encryptInit"]>[1];

type Functions = Implemented<OperationFunctions>;

/** C_…Init; without a mechanism it ends the operation (PKCS #11 v3.1, 5.8.1 and its like). */
export function begin(
  kind: OutputKind | "verify" | "messageVerify",
  mechanism: RawMechanism | undefined,
  { session, outputs }: OpenSession,
  start: (choice: ReturnType<typeof readMechanism>) => void,
): void {
  const output = OUTPUT_KINDS.find((name) => name === kind);
  if (mechanism === undefined) {
    session.cancel([kind]);
    if (output) outputs.cancel(output);
  } else if (output) {
    outputs.begin(output, () => start(readMechanism(mechanism)));
  } else {
    start(readMechanism(mechanism));
  }
}

function init(kind: Exclude<OutputKind, "digest" | "messageSign"> | "verify"): Functions["C_EncryptInit"] {
  return inSession((open, mechanism, key) =>
    begin(kind, mechanism, open, (choice) => open.session[`${kind}Init`](choice, key as Key)),
  );
}

/** The whole operation in one call. */
function whole(
  kind: Exclude<OutputKind, "messageSign">,
  run: (session: Session, data: Uint8Array) => Uint8Array,
): Functions["C_Encrypt"] {
  return inSession(({ session, outputs }, data, room) => outputs.once(kind, data, room, () => run(session, data)));
}

/** A part of the data that gives something out. */
function update(
  kind: "encrypt" | "decrypt",
  name:
    | `${typeof kind}Update`
    | "digestEncryptUpdate"
    | "decryptDigestUpdate"
    | "signEncryptUpdate"
    | "decryptVerifyUpdate",
): Functions["C_Encrypt"] {
  return inSession(({ session, outputs }, data, room) =>
    outputs.update(kind, data, room, () => session[name](data), name),
  );
}

function silentUpdate(kind: "digest" | "sign"): Functions["C_SignUpdate"] {
  return inSession(({ session, outputs }, data) => outputs.absorb(kind, () => session[`${kind}Update`](data)));
}

function final(kind: "encrypt" | "decrypt" | "digest" | "sign"): Functions["C_SignFinal"] {
  return inSession(({ session, outputs }, room) => outputs.final(kind, room, () => session[`${kind}Final`]()));
}

/** The two parts of an output in one. */
function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const all = concat(head, tail);
  wipe(head, tail);
  return all;
}

const encryption = {
  C_EncryptInit: init("encrypt"),
  C_Encrypt: whole("encrypt", (session, data) => joined(session.encryptUpdate(data), session.encryptFinal())),
  C_EncryptUpdate: update("encrypt", "encryptUpdate"),
  C_EncryptFinal: final("encrypt"),
  C_DecryptInit: init("decrypt"),
  C_Decrypt: whole("decrypt", (session, data) => joined(session.decryptUpdate(data), session.decryptFinal())),
  C_DecryptUpdate: update("decrypt", "decryptUpdate"),
  C_DecryptFinal: final("decrypt"),
};

const digests = {
  C_DigestInit: inSession((open, mechanism: RawMechanism | undefined) =>
    begin("digest", mechanism, open, (choice) => open.session.digestInit(choice)),
  ),
  C_Digest: whole("digest", (session, data) => {
    session.digestUpdate(data);
    return session.digestFinal();
  }),
  C_DigestUpdate: silentUpdate("digest"),
  C_DigestKey: inSession(({ session, outputs }, key: number) =>
    outputs.absorb("digest", () => session.digestKey(key as Key)),
  ),
  C_DigestFinal: final("digest"),
};

const signatures = {
  C_SignInit: init("sign"),
  C_Sign: whole("sign", (session, data) => {
    session.signUpdate(data);
    return session.signFinal();
  }),
  C_SignUpdate: silentUpdate("sign"),
  C_SignFinal: final("sign"),
  C_SignRecoverInit: init("signRecover"),
  C_SignRecover: whole("signRecover", (session, data) => session.signRecoverFinal(data)),
  C_VerifyInit: init("verify"),
  C_Verify: inSession(({ session }, data: Uint8Array, signature: Uint8Array): true => {
    session.verifyUpdate(data);
    return session.verifyFinal(signature);
  }),
  C_VerifyUpdate: inSession(({ session }, data: Uint8Array) => session.verifyUpdate(data)),
  C_VerifyFinal: inSession(({ session }, signature: Uint8Array): true => session.verifyFinal(signature)),
  C_VerifyRecoverInit: init("verifyRecover"),
  C_VerifyRecover: whole("verifyRecover", (session, signature) => session.verifyRecoverFinal(signature)),
};

/** Two operations over one part (5.16); its output is that of the cipher. */
const combined = {
  C_DigestEncryptUpdate: update("encrypt", "digestEncryptUpdate"),
  C_DecryptDigestUpdate: update("decrypt", "decryptDigestUpdate"),
  C_SignEncryptUpdate: update("encrypt", "signEncryptUpdate"),
  C_DecryptVerifyUpdate: update("decrypt", "decryptVerifyUpdate"),
};

export const operations: Functions = { ...encryption, ...digests, ...signatures, ...combined };
