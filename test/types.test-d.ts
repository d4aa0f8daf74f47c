/** What must and must not compile. Nothing here runs; `tsc -p test` is the test. */

import type { Template } from "../src/cryptoki/attributes.ts";
import { CkrError, demand } from "../src/cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../src/cryptoki/handles.ts";
import type { MechanismChoice } from "../src/mechanisms/registry.ts";
import type { KeyTemplate } from "../src/objects/template.ts";
import type { Session } from "../src/token/session.ts";

declare const session: Session;
declare const object: ObjectHandle;
declare const sessionHandle: SessionHandle;
declare const slot: SlotId;
declare const data: Uint8Array;

session.encrypt({ mechanism: "AES_GCM" }, object, data);
session.encrypt({ mechanism: "AES_GCM", iv: data, tagBytes: 16 }, object, data);
session.digest("SHA256", data);

session.encryptMessage({ iv: data, ivFixedBits: 32, ivGenerator: "GENERATE_COUNTER" }, data).tag satisfies Uint8Array;
session.login("context-specific", "1234");
session.cancel(["messageEncrypt", "find"]);

// @ts-expect-error there is no such generator
session.encryptMessage({ ivGenerator: "GENERATE_DREAMS" }, data);
// @ts-expect-error there is no such kind of operation
session.cancel(["dream"]);
// @ts-expect-error the template of a template has attributes too
session.generateKey("AES_KEY_GEN", { WRAP_TEMPLATE: { LABEL: 4 } });
// @ts-expect-error a session handle is not an object handle
session.encrypt({ mechanism: "AES_GCM" }, sessionHandle, data);
// @ts-expect-error a slot is not an object
session.destroyObject(slot);
// @ts-expect-error a number is not a handle
session.destroyObject(1);
// @ts-expect-error there is no such mechanism
session.digest({ mechanism: "MD5" }, data);
// @ts-expect-error a derivation has no iv
session.deriveKey({ mechanism: "SP800_108_COUNTER_KDF", iv: data }, object);
// @ts-expect-error CBC needs its iv
session.encrypt({ mechanism: "AES_CBC_PAD" }, object, data);
// @ts-expect-error a label is text
session.createObject({ LABEL: 4 });
// @ts-expect-error there is no such attribute
session.createObject({ COLOUR: "red" });
// @ts-expect-error there is no such usage
session.generateKey("AES_KEY_GEN", { usage: "everything" });
// @ts-expect-error there is no such return value
demand(data, "KEY_MISSING", "why");
// @ts-expect-error there is no such return value
new CkrError("KEY_MISSING", "why");

session.encryptBatch({ mechanism: "AES_GCM", aad: data }, object, [data]) satisfies Promise<Uint8Array[]>;
session.signBatch("RSA_PKCS", object, [data], { signal: AbortSignal.abort() });
// @ts-expect-error an iv serves one message
session.encryptBatch({ mechanism: "AES_GCM", iv: data }, object, [data]);
// @ts-expect-error a mechanism that must be given its counter has no batches
session.encryptBatch({ mechanism: "AES_CTR", counter: data }, object, [data]);
// @ts-expect-error a batch is a list
session.signBatch("RSA_PKCS", object, data);

const { LABEL, SIGN } = session.getAttributes(object, ["LABEL", "SIGN"]);
LABEL satisfies string;
SIGN satisfies boolean;
// @ts-expect-error what was not asked for is not there
session.getAttributes(object, ["LABEL"]).SIGN;

const template: Template = { CLASS: "SECRET_KEY", ALLOWED_MECHANISMS: ["AES_GCM"] };
const keyTemplate: KeyTemplate = { ...template, usage: "wrap", label: "w" };
const choice: MechanismChoice = { mechanism: "ECDSA_SHA256" };
export type Used = [typeof keyTemplate, typeof choice];
