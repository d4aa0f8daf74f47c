/**
 * The calls of the model, through pkcs11js or what has its shape: `node replay.mjs MODULE LIBRARY` reads lists of calls
 * (`[session, name, label]`, as JSON) and prints the return value of each. It runs in a process of its own because
 * SoftHSM2 reads the environment of the process.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , modulePath, library, userPin, soPin] = process.argv;
const p = createRequire(import.meta.url)(modulePath);
/** Made anew for each list, as SoftHSM2's module cannot be in one process; so what ours keeps in memory is new too. */
let p11;
let slot;

const part = Buffer.alloc(5);
const out = () => Buffer.alloc(100);
const open = (readWrite) => p11.C_OpenSession(slot, p.CKF_SERIAL_SESSION | (readWrite ? p.CKF_RW_SESSION : 0));
const wrongPin = "wrong-pin";

const attributes = (object) => Object.entries(object).map(([name, value]) => ({ type: p[`CKA_${name}`], value }));
const data = (label) => attributes({ CLASS: p.CKO_DATA, ...(label !== undefined && { LABEL: label }) });

function find(session, template) {
  p11.C_FindObjectsInit(session, template);
  try {
    return p11.C_FindObjects(session, 100);
  } finally {
    p11.C_FindObjectsFinal(session);
  }
}

/** The object with a label; a handle that there never is where there is none. */
const labelled = (session, label) => find(session, data(label))[0] ?? Buffer.from("ffffff7f00000000", "hex");

const cbc = { mechanism: p.CKM_AES_CBC_PAD, parameter: Buffer.alloc(16) };
const hmac = { mechanism: p.CKM_SHA256_HMAC };

/** Found again for each use: SoftHSM2 takes back the handles of token objects with the last session. */
function key(label) {
  const finder = open(true);
  const [found] = find(finder, attributes({ CLASS: p.CKO_SECRET_KEY, LABEL: label }));
  p11.C_CloseSession(finder);
  return found;
}

const login = (user, pin) => (session) => p11.C_Login(session, user, pin);
const create = (TOKEN, PRIVATE) => (session, LABEL) =>
  p11.C_CreateObject(session, attributes({ CLASS: p.CKO_DATA, TOKEN, PRIVATE, LABEL }));

/** By the names of the model's actions; those with a number at the end are given it. */
const CALLS = {
  close: (session) => p11.C_CloseSession(session),
  logout: (session) => p11.C_Logout(session),
  "login user rightly": login(p.CKU_USER, userPin),
  "login user wrongly": login(p.CKU_USER, wrongPin),
  "login so rightly": login(p.CKU_SO, soPin),
  "login so wrongly": login(p.CKU_SO, wrongPin),
  "create token object, private": create(true, true),
  "create token object, public": create(true, false),
  "create session object, private": create(false, true),
  "create session object, public": create(false, false),
  destroy: (session, _label, n) => p11.C_DestroyObject(session, labelled(session, n)),
  copy: (session, LABEL, n) => p11.C_CopyObject(session, labelled(session, n), attributes({ LABEL })),
  relabel: (session, LABEL, n) => p11.C_SetAttributeValue(session, labelled(session, n), attributes({ LABEL })),
  "begin encrypt": (session) => p11.C_EncryptInit(session, cbc, key("cipher")),
  "continue encrypt": (session) => p11.C_EncryptUpdate(session, part, out()),
  "end encrypt": (session) => p11.C_EncryptFinal(session, out()),
  "begin decrypt": (session) => p11.C_DecryptInit(session, cbc, key("cipher")),
  "continue decrypt": (session) => p11.C_DecryptUpdate(session, part, out()),
  "begin sign": (session) => p11.C_SignInit(session, hmac, key("mac")),
  "continue sign": (session) => p11.C_SignUpdate(session, part),
  "end sign": (session) => p11.C_SignFinal(session, out()),
  "begin verify": (session) => p11.C_VerifyInit(session, hmac, key("mac")),
  "continue verify": (session) => p11.C_VerifyUpdate(session, part),
  "end verify": (session) => p11.C_VerifyFinal(session, Buffer.alloc(32)),
  "begin digest": (session) => p11.C_DigestInit(session, { mechanism: p.CKM_SHA256 }),
  "continue digest": (session) => p11.C_DigestUpdate(session, part),
  "end digest": (session) => p11.C_DigestFinal(session, out()),
  "begin find": (session) => p11.C_FindObjectsInit(session, data("none")),
  "continue find": (session) => p11.C_FindObjects(session, 1),
  "end find": (session) => p11.C_FindObjectsFinal(session),
};

function outcome(call) {
  try {
    call();
    return "OK";
  } catch (error) {
    // pkcs11js throws "CKR_NAME:181" without a code from functions that take templates.
    return /^CKR_([A-Z_]+)/.exec(error.message)?.[1] ?? `${error.name}: ${error.message}`;
  }
}

function begin() {
  p11 = new p.PKCS11();
  p11.load(library);
  p11.C_Initialize({ flags: p.CKF_OS_LOCKING_OK });
  [slot] = p11.C_GetSlotList(true);
  const maker = open(true);
  p11.C_Login(maker, p.CKU_USER, userPin);
  for (const object of find(maker, [])) p11.C_DestroyObject(maker, object);
  const isKey = { TOKEN: true, PRIVATE: false, VALUE_LEN: 32 };
  const cipher = attributes({ ...isKey, LABEL: "cipher", ENCRYPT: true, DECRYPT: true });
  p11.C_GenerateKey(maker, { mechanism: p.CKM_AES_KEY_GEN }, cipher);
  const mac = attributes({ ...isKey, LABEL: "mac", SIGN: true, VERIFY: true });
  p11.C_GenerateKey(maker, { mechanism: p.CKM_GENERIC_SECRET_KEY_GEN }, mac);
  p11.C_CloseSession(maker);
}

function replay(calls) {
  begin();
  const sessions = [];
  const outcomes = calls.map(([number, name, label]) => {
    if (number === null) return outcome(() => sessions.push(open(name === "open read-write")));
    const [, what, n] = /^(.*?)(?: (\d+))?$/.exec(name);
    return outcome(() => CALLS[what](sessions[number], label, n));
  });
  p11.C_Finalize();
  p11.close();
  return outcomes;
}

const lists = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({ names: Object.keys(CALLS), outcomes: lists.map(replay) }));
