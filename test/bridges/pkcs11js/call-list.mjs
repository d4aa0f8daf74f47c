/**
 * A list of calls, the same for pkcs11js and for ours: `node call-list.mjs MODULE LIBRARY` prints what comes of each.
 * It runs in a process of its own because SoftHSM2 reads the environment of the process.
 */

import { createRequire } from "node:module";

const [, , modulePath, library] = process.argv;
const p = createRequire(import.meta.url)(modulePath);
const p11 = new p.PKCS11(library);
const outcomes = {};

function shapeOf(value) {
  if (Buffer.isBuffer(value)) return `Buffer(${value.length})`;
  if (Array.isArray(value)) return `[${value.map(shapeOf)}]`;
  if (typeof value === "object" && value !== null) return `{${Object.keys(value)}}`;
  return String(value);
}

function run(name, call) {
  try {
    outcomes[name] = shapeOf(call());
  } catch (error) {
    outcomes[name] = `${error.constructor.name} ${error.message} ${error.code ?? ""}`.trim();
  }
}

const handle = Buffer.alloc(8, 1);
run("C_GetInfo before C_Initialize", () => p11.C_GetInfo());
run("C_Initialize with a number", () => p11.C_Initialize(3));
run("C_Initialize", () => p11.C_Initialize({ flags: 2 }));
run("C_Initialize again", () => p11.C_Initialize());
run("C_GetInfo", () => p11.C_GetInfo());
run("C_GetSlotList of a string", () => p11.C_GetSlotList("x"));
const [slot] = p11.C_GetSlotList(true);
run("C_GetSlotInfo", () => p11.C_GetSlotInfo(slot));
run("C_GetSlotInfo of no slot", () => p11.C_GetSlotInfo(Buffer.from("ffffff7f00000000", "hex")));
run("C_GetSlotInfo of a number", () => p11.C_GetSlotInfo(1));
run("C_GetSlotInfo of four bytes", () => p11.C_GetSlotInfo(Buffer.alloc(4)));
run("C_GetTokenInfo", () => p11.C_GetTokenInfo(slot));
run("C_GetMechanismInfo", () => p11.C_GetMechanismInfo(slot, p.CKM_AES_GCM));
run("C_GetMechanismInfo of none", () => p11.C_GetMechanismInfo(slot, 0x7fffffff));
run("C_OpenSession in parallel", () => p11.C_OpenSession(slot, p.CKF_RW_SESSION));
const session = p11.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION);
run("C_OpenSession", () => session);
run("C_GetSessionInfo", () => p11.C_GetSessionInfo(session));
run("C_Login with two arguments", () => p11.C_Login(session, p.CKU_USER));
run("C_Login of nobody", () => p11.C_Login(session, 7, "1234"));
run("C_Login with a wrong PIN", () => p11.C_Login(session, p.CKU_USER, "4321"));
run("C_Login", () => p11.C_Login(session, p.CKU_USER, "1234"));
run("C_Login again", () => p11.C_Login(session, p.CKU_USER, "1234"));
run("C_Digest without C_DigestInit", () => p11.C_Digest(session, handle, Buffer.alloc(32)));
run("C_DigestInit of nothing", () => p11.C_DigestInit(session, undefined));
run("C_DigestInit of a name", () => p11.C_DigestInit(session, { mechanism: "x" }));
run("C_DigestInit with true", () => p11.C_DigestInit(session, { mechanism: p.CKM_SHA256, parameter: true }));
run("C_DigestInit with an empty object", () => p11.C_DigestInit(session, { mechanism: p.CKM_SHA256, parameter: {} }));
run("C_DigestInit", () => p11.C_DigestInit(session, { mechanism: p.CKM_SHA256 }));
run("C_DigestInit again", () => p11.C_DigestInit(session, { mechanism: p.CKM_SHA256 }));
run("C_Digest into too little", () => p11.C_Digest(session, handle, Buffer.alloc(31)));
run("C_Digest", () => p11.C_Digest(session, handle, Buffer.alloc(40)));
run("C_Digest afterwards", () => p11.C_Digest(session, handle, Buffer.alloc(40)));
const flags = [p.CKA_ENCRYPT, p.CKA_DECRYPT, p.CKA_WRAP, p.CKA_EXTRACTABLE].map((type) => ({ type, value: true }));
const key = p11.C_GenerateKey(session, { mechanism: p.CKM_AES_KEY_GEN }, [
  { type: p.CKA_VALUE_LEN, value: 32 },
  { type: p.CKA_LABEL, value: "x" },
  ...flags,
]);
const attributes = [
  "CLASS",
  "LABEL",
  "TOKEN",
  "PRIVATE",
  "SENSITIVE",
  "EXTRACTABLE",
  "LOCAL",
  "ID",
  "VALUE_LEN",
  "VALUE",
  "KEY_GEN_MECHANISM",
];
for (const name of attributes) {
  run(`CKA_${name}`, () => p11.C_GetAttributeValue(session, key, [{ type: p[`CKA_${name}`] }]).map((a) => a.value)[0]);
}
run("an attribute that nobody has", () => p11.C_GetAttributeValue(session, key, [{ type: 0x80001234 }]));
run("a template that is none", () => p11.C_GetAttributeValue(session, key, {}));
run("a template of numbers", () => p11.C_GetAttributeValue(session, key, [1]));
run("a template without types", () => p11.C_GetAttributeValue(session, key, [{}]));
run("a template with an object as value", () => p11.C_FindObjectsInit(session, [{ type: 1, value: {} }]));
const iv = Buffer.alloc(12);
const gcm = { mechanism: p.CKM_AES_GCM, parameter: { type: p.CK_PARAMS_AES_GCM_v240, iv, ivBits: 96, tagBits: 128 } };
run("C_EncryptInit", () => p11.C_EncryptInit(session, gcm, key));
run("C_Encrypt into too little", () => p11.C_Encrypt(session, handle, Buffer.alloc(23)));
run("C_Encrypt with two arguments", () => p11.C_Encrypt(session, handle));
run("C_Encrypt with a number for a callback", () => p11.C_Encrypt(session, handle, handle, 5));
run("C_EncryptCallback with two arguments", () => p11.C_EncryptCallback(session, () => 0));
run("C_Encrypt", () => p11.C_Encrypt(session, handle, Buffer.alloc(24)));
run("C_WrapKey into too little", () => p11.C_WrapKey(session, { mechanism: p.CKM_AES_KEY_WRAP }, key, key, handle));
run("C_WrapKey", () => p11.C_WrapKey(session, { mechanism: p.CKM_AES_KEY_WRAP }, key, key, Buffer.alloc(99)));
run("C_FindObjects with no argument", () => p11.C_FindObjects());
run("C_FindObjectsInit", () => p11.C_FindObjectsInit(session, [{ type: p.CKA_LABEL, value: "nothing" }]));
run("C_FindObjects of nothing", () => p11.C_FindObjects(session));
run("C_FindObjects of nothing, several", () => p11.C_FindObjects(session, 3));
run("C_FindObjectsFinal", () => p11.C_FindObjectsFinal(session));
run("C_FindObjectsFinal again", () => p11.C_FindObjectsFinal(session));
run("C_WaitForSlotEvent", () => p11.C_WaitForSlotEvent(p.CKF_DONT_BLOCK));
run("C_SetPIN to one digit", () => p11.C_SetPIN(session, "1234", "1"));
run("C_Logout", () => p11.C_Logout(session));
run("C_CloseSession", () => p11.C_CloseSession(session));
run("C_CloseSession again", () => p11.C_CloseSession(session));
run("C_Finalize", () => p11.C_Finalize());
run("C_Finalize again", () => p11.C_Finalize());
run("close", () => p11.close());
run("C_GetInfo after close", () => p11.C_GetInfo());
console.log(JSON.stringify(outcomes));
