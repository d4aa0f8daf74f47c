import { demand } from "../cryptoki/error.ts";
import { collectCipher, collectSignature, collectVerification } from "./collect.ts";
import { MessageProcess } from "./messages.ts";
import {
  decryptOnce,
  encryptOnce,
  type Operations,
  type Ready,
  requireSignatureLength,
  type StartedWithKey,
  signOnce,
  signRecoverOnce,
  verifyOnce,
  verifyRecoverOnce,
} from "./operations.ts";

/** Begins an operation: by the mechanism's own stream, or by collecting the parts. */
export const START: { readonly [K in StartedWithKey]: (ready: Ready) => Operations[K] } = {
  encrypt: ({ mechanism, context, key, params }) =>
    mechanism.encryptStart?.(context, key, params) ??
    collectCipher((data) => encryptOnce({ mechanism, context, key, params }, data)),
  decrypt: ({ mechanism, context, key, params }) =>
    mechanism.decryptStart?.(context, key, params) ??
    collectCipher((data) => decryptOnce({ mechanism, context, key, params }, data)),
  sign: ({ mechanism, context, key, params }) =>
    mechanism.signStart?.(context, key, params) ??
    collectSignature((data) => signOnce({ mechanism, context, key, params }, data)),
  verify: (ready) => {
    const { mechanism, context, key, params } = ready;
    const running = mechanism.verifyStart?.(context, key, params);
    if (running === undefined) return collectVerification((data, signature) => verifyOnce(ready, data, signature));
    return {
      update: (data) => running.update(data),
      final: (signature) => {
        requireSignatureLength(ready, signature);
        return running.final(signature);
      },
    };
  },
  signRecover: (ready) => (data) => signRecoverOnce(ready, data),
  verifyRecover: (ready) => (signature) => verifyRecoverOnce(ready, signature),
  messageEncrypt: (ready) => new MessageProcess(withoutParams(ready)),
  messageDecrypt: (ready) => new MessageProcess(withoutParams(ready)),
  messageSign: (ready) => new MessageProcess(ready),
  messageVerify: (ready) => new MessageProcess(ready),
};

/** The parameters come with each message, or each authenticated key. @throws CkrError CKR_MECHANISM_PARAM_INVALID */
export function withoutParams(ready: Ready): Ready {
  const isBare = Object.keys(ready.params as object).length === 0;
  demand(isBare, "MECHANISM_PARAM_INVALID", "parameters are given with the message, not with the mechanism");
  return ready;
}
