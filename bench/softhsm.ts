/**
 * The calls of a PKCS #11 program, through the shape of pkcs11js: ours without native code, SoftHSM2 through pkcs11js itself.
 * The same lines of code call both.
 */

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHsm } from "../src/index.ts";
import * as ck from "../src/pkcs11.ts";
import { PIN, SOFTHSM2, softHsmToken } from "../test/support/softhsm-token.ts";
import { type Call, type Contest, once, type Rivals } from "./contest.ts";
import { type Peer, peer, using } from "./peer.ts";

type Program = InstanceType<typeof ck.PKCS11>;
type Binding = { readonly PKCS11: new () => Program };

const message = randomBytes(32);
const page = randomBytes(4096);
const OBJECTS = 1000;

const AES = {
  mechanism: ck.CKM_AES_GCM,
  parameter: { type: ck.CK_PARAMS_AES_GCM_v240, iv: randomBytes(12), ivBits: 96, aad: randomBytes(16), tagBits: 128 },
};
const P256 = Buffer.from("06082a8648ce3d030107", "hex");

/** What a program does with a token. */
interface Operations {
  readonly digest: Call;
  readonly hmac: Call;
  readonly seal: Call;
  readonly sealPage: Call;
  readonly ecdsa: Call;
  readonly ecdsaVerify: Call;
  readonly rsa: Call;
  readonly random: Call;
  readonly ecGenerate: Call;
  readonly find: Call;
}

function operationsOf(p11: Program): Operations {
  const [slot] = p11.C_GetSlotList(true);
  const session = p11.C_OpenSession(slot as Buffer, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  p11.C_Login(session, ck.CKU_USER, PIN);
  const secret = (keyType: number, ...more: readonly { type: number; value: boolean | number | string }[]) =>
    p11.C_CreateObject(session, [
      { type: ck.CKA_CLASS, value: ck.CKO_SECRET_KEY },
      { type: ck.CKA_KEY_TYPE, value: keyType },
      { type: ck.CKA_VALUE, value: randomBytes(32) },
      ...more,
    ]);
  const aes = secret(ck.CKK_AES, { type: ck.CKA_ENCRYPT, value: true });
  const mac = secret(ck.CKK_GENERIC_SECRET, { type: ck.CKA_SIGN, value: true });
  for (let i = 0; i < OBJECTS; i++) secret(ck.CKK_AES, { type: ck.CKA_LABEL, value: `key ${i}` });
  const generateEc = () =>
    p11.C_GenerateKeyPair(
      session,
      { mechanism: ck.CKM_EC_KEY_PAIR_GEN },
      [
        { type: ck.CKA_EC_PARAMS, value: P256 },
        { type: ck.CKA_VERIFY, value: true },
      ],
      [{ type: ck.CKA_SIGN, value: true }],
    );
  const ec = generateEc();
  const rsa = p11.C_GenerateKeyPair(
    session,
    { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
    [
      { type: ck.CKA_MODULUS_BITS, value: 2048 },
      { type: ck.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      { type: ck.CKA_VERIFY, value: true },
    ],
    [{ type: ck.CKA_SIGN, value: true }],
  );
  const out = Buffer.alloc(8192);
  const signing = (mechanism: number, key: Buffer) => () => {
    p11.C_SignInit(session, { mechanism }, key);
    return p11.C_Sign(session, message, out);
  };
  const sealing = (data: Buffer) => () => {
    p11.C_EncryptInit(session, AES, aes);
    return p11.C_Encrypt(session, data, out);
  };
  const signature = Buffer.from(signing(ck.CKM_ECDSA, ec.privateKey)());
  return {
    digest: () => {
      p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
      return p11.C_Digest(session, message, out);
    },
    hmac: signing(ck.CKM_SHA256_HMAC, mac),
    seal: sealing(message),
    sealPage: sealing(page),
    ecdsa: signing(ck.CKM_ECDSA, ec.privateKey),
    ecdsaVerify: () => {
      p11.C_VerifyInit(session, { mechanism: ck.CKM_ECDSA }, ec.publicKey);
      return p11.C_Verify(session, message, signature);
    },
    rsa: signing(ck.CKM_SHA256_RSA_PKCS, rsa.privateKey),
    random: () => p11.C_GenerateRandom(session, out.subarray(0, 32)),
    ecGenerate: () => {
      const pair = generateEc();
      p11.C_DestroyObject(session, pair.publicKey);
      p11.C_DestroyObject(session, pair.privateKey);
      return pair;
    },
    find: () => {
      p11.C_FindObjectsInit(session, [{ type: ck.CKA_LABEL, value: "key 500" }]);
      const found = p11.C_FindObjects(session, 10);
      p11.C_FindObjectsFinal(session);
      return found;
    },
  };
}

const ours = once((): Operations => {
  const p11 = new ck.PKCS11();
  p11.load(createHsm({ pin: PIN, policy: "pkcs11" }));
  p11.C_Initialize();
  return operationsOf(p11);
});

/** A token in a folder that is gone when the process ends. */
const softHsm = once(async (): Promise<Peer<Operations>> => {
  if (!existsSync(SOFTHSM2)) return { absent: "SoftHSM2 is not installed" };
  const binding = await peer<Binding>("pkcs11js");
  if ("absent" in binding) return binding;
  const folder = mkdtempSync(join(tmpdir(), "pocket-hsm-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  Object.assign(process.env, softHsmToken(folder, "bench"));
  const p11 = new binding.is.PKCS11();
  p11.load(SOFTHSM2);
  p11.C_Initialize();
  return { is: operationsOf(p11) };
});

const native = once((): Partial<Record<keyof Operations, Call>> => {
  const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const [ecKey, rsaKey] = [ec.privateKey, rsa.privateKey].map((key) =>
    createPrivateKey(key.export({ format: "pem", type: "pkcs8" })),
  ) as [typeof ec.privateKey, typeof rsa.privateKey];
  const publicKey = createPublicKey(ecKey);
  const signature = sign("sha256", message, ecKey);
  return {
    ecdsa: () => sign("sha256", message, ecKey),
    ecdsaVerify: () => verify("sha256", message, publicKey, signature),
    rsa: () => sign("sha256", message, rsaKey),
    random: () => randomBytes(32),
    ecGenerate: () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  };
});

// biome-ignore format: a table
const TABLE: readonly (readonly [operation: keyof Operations, name: string, calls: number])[] = [
  ["digest",      "C_Digest SHA-256 32 B",                500],
  ["hmac",        "C_Sign SHA256_HMAC 32 B",              500],
  ["seal",        "C_Encrypt AES_GCM 32 B",               300],
  ["sealPage",    "C_Encrypt AES_GCM 4 KiB",              100],
  ["random",      "C_GenerateRandom 32 B",                500],
  ["find",        `C_FindObjects by label, of ${OBJECTS.toLocaleString("en")}`, 20],
  ["ecdsa",       "C_Sign ECDSA P-256",                    20],
  ["ecdsaVerify", "C_Verify ECDSA P-256",                  20],
  ["ecGenerate",  "C_GenerateKeyPair P-256",               10],
  ["rsa",         "C_Sign SHA256_RSA_PKCS 2048",            4],
];

export const contests: readonly Contest[] = TABLE.map(([operation, name, calls]) => ({
  layer: "token",
  group: "PKCS #11 calls in the shape of pkcs11js",
  name,
  calls,
  rivals: async (): Promise<Rivals> => {
    const own = ours()[operation];
    const theirs = using(await softHsm(), (operations) => operations[operation]);
    const raw = native()[operation];
    return { ours: own, "SoftHSM2 (pkcs11js)": theirs, ...(raw === undefined ? {} : { "node:crypto": raw }) };
  },
}));
