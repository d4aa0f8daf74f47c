/** Every call of p11-kit's protocol, as clients of each version make it. */

import { createHash, createHmac, createPublicKey, randomBytes, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CALLS } from "../../../src/bridges/p11kit/peer.ts";
import { createHsm } from "../../../src/index.ts";
import * as ck from "../../../src/pkcs11.ts";
import { type Attribute, field, mechanism, noMechanism, out, withoutParameter } from "./client.ts";
import { Connection, PIN, returnValue, SO_PIN, testHsm } from "./connection.ts";

const VERSIONS = [0, 1, 2] as const;
const { u, y, ay, fy, fu, aA, fA, M, s, z } = out;
const data = Buffer.from("data");

/** The numbers and signatures of rpc-message.h of p11-kit 0.26, in its order. */
const PROTOCOL = `
1 C_Initialize ayyay - |2 C_Finalize - - |3 C_GetInfo - vsusv|4 C_GetSlotList yfu au|5 C_GetSlotInfo u ssuvv
6 C_GetTokenInfo u ssssuuuuuuuuuuuvvs|7 C_GetMechanismList ufu au|8 C_GetMechanismInfo uu uuu|9 C_InitToken uayz -
10 C_OpenSession uu u|11 C_CloseSession u -|12 C_CloseAllSessions u -|13 C_GetSessionInfo u uuuu|14 C_InitPIN uay -
15 C_SetPIN uayay -|16 C_GetOperationState ufy ay|17 C_SetOperationState uayuu -|18 C_Login uuay -|19 C_Logout u -
20 C_CreateObject uaA u|21 C_CopyObject uuaA u|22 C_DestroyObject uu -|23 C_GetObjectSize uu u
24 C_GetAttributeValue uufA aAu|25 C_SetAttributeValue uuaA -|26 C_FindObjectsInit uaA -|27 C_FindObjects ufu au
28 C_FindObjectsFinal u -|29 C_EncryptInit uMu -|30 C_Encrypt uayfy ay|31 C_EncryptUpdate uayfy ay
32 C_EncryptFinal ufy ay|33 C_DecryptInit uMu -|34 C_Decrypt uayfy ay|35 C_DecryptUpdate uayfy ay
36 C_DecryptFinal ufy ay|37 C_DigestInit uM -|38 C_Digest uayfy ay|39 C_DigestUpdate uay -|40 C_DigestKey uu -
41 C_DigestFinal ufy ay|42 C_SignInit uMu -|43 C_Sign uayfy ay|44 C_SignUpdate uay -|45 C_SignFinal ufy ay
46 C_SignRecoverInit uMu -|47 C_SignRecover uayfy ay|48 C_VerifyInit uMu -|49 C_Verify uayay -|50 C_VerifyUpdate uay -
51 C_VerifyFinal uay -|52 C_VerifyRecoverInit uMu -|53 C_VerifyRecover uayfy ay|54 C_DigestEncryptUpdate uayfy ay
55 C_DecryptDigestUpdate uayfy ay|56 C_SignEncryptUpdate uayfy ay|57 C_DecryptVerifyUpdate uayfy ay
58 C_GenerateKey uMaA u|59 C_GenerateKeyPair uMaAaA uu|60 C_WrapKey uMuufy ay|61 C_UnwrapKey uMuayaA u
62 C_DeriveKey uMuaA u|63 C_SeedRandom uay -|64 C_GenerateRandom ufy ay|65 C_WaitForSlotEvent u u
66 C_LoginUser uuayay -|67 C_SessionCancel uu -|68 C_MessageEncryptInit uMu -|69 C_EncryptMessage uayayayfy ay
70 C_EncryptMessageBegin uayay -|71 C_EncryptMessageNext uayayfyu ay|72 C_MessageEncryptFinal u -
73 C_MessageDecryptInit uMu -|74 C_DecryptMessage uayayayfy ay|75 C_DecryptMessageBegin uayay -
76 C_DecryptMessageNext uayayfyu ay|77 C_MessageDecryptFinal u -|78 C_MessageSignInit uMu -|79 C_SignMessage uayayfy ay
80 C_SignMessageBegin uay -|81 C_SignMessageNext uayayyfy ay|82 C_MessageSignFinal u -|83 C_MessageVerifyInit uMu -
84 C_VerifyMessage uayayay -|85 C_VerifyMessageBegin uay -|86 C_VerifyMessageNext uayayay -|87 C_MessageVerifyFinal u -
88 C_InitToken2 uays -|89 C_DeriveKey2 uMuaA uPu`;

const since = (id: number): number => (id < 66 ? 0 : id < 89 ? 1 : 2);

const aesKey = (...more: readonly Attribute[]): Buffer =>
  aA([
    { type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY },
    { type: ck.CKA_KEY_TYPE, ulong: ck.CKK_AES },
    { type: ck.CKA_VALUE, bytes: Buffer.alloc(32, 7) },
    ...[ck.CKA_ENCRYPT, ck.CKA_DECRYPT].map((type) => ({ type, byte: 1 })),
    ...more,
  ]);
const hmacKey = (): Buffer =>
  aA([
    { type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY },
    { type: ck.CKA_KEY_TYPE, ulong: ck.CKK_GENERIC_SECRET },
    { type: ck.CKA_VALUE, bytes: Buffer.alloc(32, 7) },
    ...[ck.CKA_SIGN, ck.CKA_VERIFY, ck.CKA_DERIVE].map((type) => ({ type, byte: 1 })),
  ]);
const P256 = Buffer.from("06082a8648ce3d030107", "hex");

function opened(version: number): { readonly c: Connection; readonly session: Buffer } {
  const c = new Connection(testHsm(), version);
  return { c, session: u(c.begin()) };
}

test("the table of calls is p11-kit's", () => {
  const rows = PROTOCOL.trim()
    .split(/[|\n]/)
    .map((row) => row.trim().replaceAll(" -", " ").split(" "));
  expect([...CALLS.values()].sort((a, b) => a.id - b.id)).toMatchObject(
    rows.map(([id, name, request = "", response = ""]) => ({
      id: Number(id),
      name,
      request,
      response,
      since: since(Number(id)),
    })),
  );
});

describe("a connection", () => {
  test("agrees on the newest version that both know", () => {
    expect([0, 1, 2, 3, 255].map((offered) => new Connection(testHsm(), offered).agreed)).toEqual([0, 1, 2, 2, 2]);
  });

  test("begins with C_Initialize and its handshake", () => {
    const c = new Connection(testHsm(), 0);
    expect(c.rv(3, "")).toBe(ck.CKR_CRYPTOKI_NOT_INITIALIZED);
    expect(c.rv(1, "ayyay", ay(Buffer.from("hello")), y(0), ay(null))).toBe(ck.CKR_GENERAL_ERROR);
    c.initialize();
    expect(c.rv(1, "ayyay", ay(Buffer.from("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1")), y(0), ay(null))).toBe(
      ck.CKR_CRYPTOKI_ALREADY_INITIALIZED,
    );
    expect(c.call(2, "").signature).toBe("");
    expect(c.rv(3, "")).toBe(ck.CKR_CRYPTOKI_NOT_INITIALIZED);
  });

  test("goes on after a call that it does not know, and does not answer it with anything but an error", () => {
    const { c, session } = opened(0);
    for (const [id, signature] of [
      [90, ""],
      [66, "uuayay"],
      [89, "uMuaA"],
      [19, "uu"],
      [0, ""],
    ] as const)
      expect(c.rv(id, signature), `${id}`).toBe(ck.CKR_DEVICE_ERROR);
    expect(c.rv(19, "u", session, y(0))).toBe(ck.CKR_DEVICE_ERROR);
    expect(c.rv(19, "u", session)).toBe(ck.CKR_OK);
    expect(c.isClosed).toBe(false);
  });

  test("is an application: its end ends its sessions, its objects and its login, and no other's", () => {
    const hsm = testHsm();
    const [first, second] = [new Connection(hsm, 0), new Connection(hsm, 2)];
    const [one, two] = [u(first.begin()), u(second.begin())];
    const [key, other] = [first.call(20, "uaA", one, aesKey()).u(), second.call(20, "uaA", two, aesKey()).u()];
    expect(second.rv(23, "uu", two, u(key))).toBe(ck.CKR_OBJECT_HANDLE_INVALID);
    expect(second.rv(13, "u", one)).toBe(ck.CKR_SESSION_HANDLE_INVALID);
    first.peer.end();
    expect(hsm.tokenInfo().sessions).toBe(1);
    expect(second.call(13, "u", two).signature).toBe("uuuu");
    expect(second.rv(23, "uu", two, u(other))).toBe(ck.CKR_OK);
    second.peer.end();
    expect(hsm.tokenInfo().sessions).toBe(0);
  });

  test("ends even when its sessions have ended before it, or the HSM has failed", () => {
    const hsm = testHsm();
    const [first, second] = [new Connection(hsm, 0), new Connection(hsm, 0)];
    const session = u(first.begin());
    hsm.removeToken();
    hsm.insertToken();
    expect(first.rv(11, "u", session)).toBe(ck.CKR_SESSION_HANDLE_INVALID);
    const again = u(second.begin());
    expect(first.rv(2, "")).toBe(ck.CKR_OK);
    let isBroken = false;
    const failing = createHsm({
      pin: PIN,
      pinCost: 2,
      entropy: (n) => (isBroken ? new Uint8Array(n) : randomBytes(n)),
    });
    const third = new Connection(failing, 0);
    const last = u(third.begin());
    isBroken = true;
    expect(third.rv(64, "ufy", last, fy(8))).toBe(ck.CKR_DEVICE_ERROR);
    third.peer.end();
    expect([first, second, third].flatMap(({ errors }) => errors)).toEqual([]);
    expect(second.call(13, "u", again).signature).toBe("uuuu");
  });

  test("shares token objects with the others", () => {
    const hsm = testHsm();
    const [first, second] = [new Connection(hsm, 0), new Connection(hsm, 1)];
    const [one, two] = [u(first.begin()), u(second.begin())];
    first.rv(20, "uaA", one, aesKey({ type: ck.CKA_TOKEN, byte: 1 }, { type: ck.CKA_LABEL, bytes: Buffer.from("k") }));
    second.rv(26, "uaA", two, aA([{ type: ck.CKA_LABEL, bytes: Buffer.from("k") }]));
    expect(second.call(27, "ufu", two, fu(10)).au()).toHaveLength(1);
    expect(second.rv(28, "u", two)).toBe(ck.CKR_OK);
  });

  test("takes frames in pieces of any size, and several at once", () => {
    const c = new Connection(testHsm(), 0);
    const bytes = Buffer.concat([
      Buffer.from("0000001000000000000000080000000300000000", "hex"),
      Buffer.from("0000001100000003000000086162630000000300000000", "hex"),
    ]);
    for (const byte of bytes) c.peer.receive(Buffer.of(byte));
    c.peer.receive(bytes);
    expect(c.isClosed).toBe(false);
    expect(c.rv(3, "")).toBe(ck.CKR_CRYPTOKI_NOT_INITIALIZED);
  });

  test("ends when frames cannot be told apart any more, or are longer than any call is", () => {
    for (const header of ["000000000000000000000000", "00000001ffffffffffffffff", "000000010000000004020000"]) {
      const c = new Connection(testHsm(), 0);
      c.begin();
      c.peer.receive(Buffer.from(header, "hex"));
      expect(c.isClosed, header).toBe(header !== "000000010000000004010000");
    }
  });
});

describe.each(VERSIONS)("version %i", (version) => {
  test("tells what the library, its slots, its tokens and its mechanisms are", () => {
    const { c } = opened(version);
    const info = c.call(3, "");
    expect([info.v(), info.s(), info.u(), info.s(), info.v(), info.rest]).toEqual([
      version === 0 ? "2.40" : "3.0",
      "pocket-hsm".padEnd(32),
      0,
      "TypeScript HSM".padEnd(32),
      "0.1",
      0,
    ]);
    expect(c.call(4, "yfu", y(1), fu(0)).au()).toBe(2);
    expect(c.call(4, "yfu", y(1), fu(1)).au()).toBe(2);
    expect(c.call(4, "yfu", y(1), fu(9)).au()).toEqual([1, 2]);
    expect(c.call(5, "u", u(1)).s()).toHaveLength(64);
    const token = c.call(6, "u", u(1));
    expect([token.s(), token.s(), token.s()].map((text) => text.length)).toEqual([32, 32, 16]);
    expect(c.rv(6, "u", u(9))).toBe(ck.CKR_SLOT_ID_INVALID);
    expect(c.call(7, "ufu", u(1), fu(999)).au()).toContain(ck.CKM_AES_GCM);
    const aes = c.call(8, "uu", u(1), u(ck.CKM_AES_GCM));
    const ciphers = ck.CKF_ENCRYPT | ck.CKF_DECRYPT | ck.CKF_WRAP | ck.CKF_UNWRAP;
    expect([aes.u(), aes.u(), aes.u()]).toEqual([16, 32, ciphers]);
    const mac = c.call(8, "uu", u(1), u(ck.CKM_SHA256_HMAC));
    const messages = version === 0 ? 0 : ck.CKF_MESSAGE_SIGN | ck.CKF_MESSAGE_VERIFY;
    expect([mac.u() > 0, mac.u() > 0, mac.u()]).toEqual([true, true, ck.CKF_SIGN | ck.CKF_VERIFY | messages]);
    expect(c.rv(8, "uu", u(1), u(0x7777))).toBe(ck.CKR_MECHANISM_INVALID);
  });

  test("initialises a token and sets PINs", () => {
    const c = new Connection(testHsm(), version);
    c.initialize();
    const label = "käse".padEnd(31);
    const made =
      version === 0
        ? c.rv(9, "uayz", u(2), ay(Buffer.from("87654321")), z(`${label}\u0001rubbish behind it`))
        : c.rv(88, "uays", u(2), ay(Buffer.from("87654321")), s(label));
    expect(made).toBe(ck.CKR_OK);
    expect(c.call(6, "u", u(2)).s().trimEnd()).toBe("käse");
    const session = c.call(10, "uu", u(2), u(6)).u();
    expect(c.rv(18, "uuay", u(session), u(ck.CKU_SO), ay(Buffer.from("87654321")))).toBe(ck.CKR_OK);
    expect(c.rv(14, "uay", u(session), ay(Buffer.from("4321")))).toBe(ck.CKR_OK);
    expect(c.rv(19, "u", u(session))).toBe(ck.CKR_OK);
    expect(c.rv(15, "uayay", u(session), ay(Buffer.from("4321")), ay(Buffer.from("1111")))).toBe(ck.CKR_OK);
    expect(c.rv(18, "uuay", u(session), u(ck.CKU_USER), ay(Buffer.from("4321")))).toBe(ck.CKR_PIN_INCORRECT);
    expect(c.rv(18, "uuay", u(session), u(ck.CKU_USER), ay(Buffer.from("1111")))).toBe(ck.CKR_OK);
    expect(c.rv(12, "u", u(2))).toBe(ck.CKR_OK);
    expect(c.rv(11, "u", u(session))).toBe(ck.CKR_SESSION_HANDLE_INVALID);
  });

  test("a login without a PIN is refused and costs no try", () => {
    const c = new Connection(testHsm(), version);
    const session = u(c.begin(false));
    for (let i = 0; i < 20; i++) expect(c.rv(18, "uuay", session, u(1), ay(null))).toBe(ck.CKR_ARGUMENTS_BAD);
    expect(c.rv(18, "uuay", session, u(7), ay(Buffer.from(PIN)))).toBe(ck.CKR_USER_TYPE_INVALID);
    expect(c.rv(18, "uuay", session, u(0), ay(Buffer.from(SO_PIN)))).toBe(ck.CKR_OK);
  });

  test("attributes come back in their order, with their lengths, and are missing one by one", () => {
    const { c, session } = opened(version);
    const object = c
      .call(
        20,
        "uaA",
        session,
        aesKey(
          { type: ck.CKA_LABEL, bytes: Buffer.from("label") },
          { type: ck.CKA_SENSITIVE, byte: 1 },
          { type: ck.CKA_ALLOWED_MECHANISMS, mechanisms: [ck.CKM_AES_GCM, ck.CKM_AES_CTR] },
          { type: ck.CKA_START_DATE, bytes: Buffer.from("20260101") },
        ),
      )
      .u();
    const kinds = {
      [ck.CKA_CLASS]: "ulong",
      [ck.CKA_TOKEN]: "byte",
      [ck.CKA_ALLOWED_MECHANISMS]: "mechanisms",
    } as const;
    const read = (...wanted: readonly (readonly [number, number])[]): unknown => {
      const answer = c.call(24, "uufA", session, u(object), fA(wanted.map(([type, room]) => ({ type, room }))));
      return [answer.aA(kinds), answer.u(), answer.rest];
    };
    const sizes = [ck.CKA_CLASS, ck.CKA_TOKEN, ck.CKA_LABEL, ck.CKA_ALLOWED_MECHANISMS, ck.CKA_START_DATE];
    expect(read(...sizes.map((type) => [type, 0] as const))).toEqual([
      [
        { type: ck.CKA_CLASS, length: 8, value: 0 },
        { type: ck.CKA_TOKEN, length: 1, value: 0 },
        { type: ck.CKA_LABEL, length: 5, value: null },
        { type: ck.CKA_ALLOWED_MECHANISMS, length: 16, value: [] },
        { type: ck.CKA_START_DATE, length: 8, value: null },
      ],
      ck.CKR_OK,
      0,
    ]);
    expect(read(...sizes.map((type) => [type, 99] as const))).toEqual([
      [
        { type: ck.CKA_CLASS, length: 8, value: ck.CKO_SECRET_KEY },
        { type: ck.CKA_TOKEN, length: 1, value: 0 },
        { type: ck.CKA_LABEL, length: 5, value: Buffer.from("label") },
        { type: ck.CKA_ALLOWED_MECHANISMS, length: 16, value: [ck.CKM_AES_GCM, ck.CKM_AES_CTR] },
        { type: ck.CKA_START_DATE, length: 8, value: Buffer.from("20260101") },
      ],
      ck.CKR_OK,
      0,
    ]);
    const label = { type: ck.CKA_LABEL, length: 5, value: Buffer.from("label") };
    const missing = (type: number) => ({ type, length: -1 });
    expect(read([ck.CKA_VALUE, 99], [ck.CKA_LABEL, 99])).toEqual([
      [missing(ck.CKA_VALUE), label],
      ck.CKR_ATTRIBUTE_SENSITIVE,
      0,
    ]);
    expect(read([ck.CKA_LABEL, 99], [ck.CKA_MODULUS, 99])).toEqual([
      [label, missing(ck.CKA_MODULUS)],
      ck.CKR_ATTRIBUTE_TYPE_INVALID,
      0,
    ]);
    expect(read([0x8000_1234, 99], [ck.CKA_LABEL, 5])).toEqual([
      [missing(0x8000_1234), label],
      ck.CKR_ATTRIBUTE_TYPE_INVALID,
      0,
    ]);
    expect(read([ck.CKA_LABEL, 4])).toEqual([[missing(ck.CKA_LABEL)], ck.CKR_BUFFER_TOO_SMALL, 0]);
    expect(c.rv(24, "uufA", session, u(99_999), fA([{ type: 0, room: 0 }]))).toBe(ck.CKR_OBJECT_HANDLE_INVALID);
  });

  test("objects are copied, changed, searched and destroyed", () => {
    const { c, session } = opened(version);
    const object = c.call(20, "uaA", session, aesKey()).u();
    const copy = c.call(21, "uuaA", session, u(object), aA([{ type: ck.CKA_LABEL, bytes: Buffer.from("copy") }])).u();
    expect(c.rv(25, "uuaA", session, u(object), aA([{ type: ck.CKA_ID, bytes: Buffer.of(1) }]))).toBe(ck.CKR_OK);
    expect(c.call(23, "uu", session, u(copy)).u()).toBeGreaterThan(100);
    expect(c.rv(26, "uaA", session, aA([{ type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY }]))).toBe(ck.CKR_OK);
    const [first, second] = [1, 8].map((room) => c.call(27, "ufu", session, fu(room)).au() as number[]);
    expect([first?.length, [...(first ?? []), ...(second ?? [])].sort()]).toEqual([1, [object, copy].sort()]);
    expect(c.call(27, "ufu", session, fu(8)).au()).toEqual([]);
    expect(c.rv(28, "u", session)).toBe(ck.CKR_OK);
    expect(c.rv(22, "uu", session, u(object))).toBe(ck.CKR_OK);
    expect(c.rv(22, "uu", session, u(object))).toBe(ck.CKR_OBJECT_HANDLE_INVALID);
    expect(c.rv(22, "uu", session, u(2n ** 64n - 1n))).toBe(ck.CKR_OBJECT_HANDLE_INVALID);
  });

  test("an output without a buffer, or with one that is too small, is its length, and the operation goes on", () => {
    const { c, session } = opened(version);
    const sha256 = createHash("sha256").update(data).digest();
    c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)));
    expect(c.call(38, "uayfy", session, ay(data), fy(0)).ay()).toBe(32);
    expect(c.call(38, "uayfy", session, ay(data), fy(31)).ay()).toBe(32);
    expect(c.call(38, "uayfy", session, ay(data), fy(0xffff_ffff)).ay()).toBe(32);
    expect(c.call(38, "uayfy", session, ay(data), fy(32)).ay()).toEqual(sha256);
    expect(c.rv(38, "uayfy", session, ay(data), fy(32))).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
  });

  test("an output of no bytes is there with a buffer and without, and does not stand in the way", () => {
    const { c, session } = opened(version);
    const key = u(c.call(20, "uaA", session, aesKey()).u());
    c.rv(29, "uMu", session, M(mechanism(version, ck.CKM_AES_ECB)), key);
    expect(c.call(31, "uayfy", session, ay(Buffer.alloc(16)), fy(16)).ay()).toHaveLength(16);
    for (const room of [0, 0, 0xffff_ffff])
      expect(c.call(32, "ufy", session, fy(room)).ay(), `${room}`).toEqual(Buffer.alloc(0));
    expect(c.rv(32, "ufy", session, fy(0xffff_ffff))).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
    c.rv(29, "uMu", session, M(mechanism(version, ck.CKM_AES_ECB)), key);
    expect(c.call(31, "uayfy", session, ay(data), fy(0)).ay()).toEqual(Buffer.alloc(0));
    expect(c.call(31, "uayfy", session, ay(Buffer.alloc(12)), fy(16)).ay()).toHaveLength(16);
    expect(c.call(32, "ufy", session, fy(0)).ay()).toEqual(Buffer.alloc(0));
    expect(c.rv(29, "uMu", session, M(mechanism(version, ck.CKM_AES_ECB)), key)).toBe(ck.CKR_OK);
  });

  test("a pair is made, signs and verifies, whole and in parts", async () => {
    const { c, session } = opened(version);
    const templates = [
      aA([
        { type: ck.CKA_EC_PARAMS, bytes: P256 },
        { type: ck.CKA_VERIFY, byte: 1 },
      ]),
      aA([{ type: ck.CKA_SIGN, byte: 1 }]),
    ];
    const pair = await c.start(59, "uMaAaA", session, M(mechanism(version, ck.CKM_EC_KEY_PAIR_GEN)), ...templates);
    const [publicKey, privateKey] = [u(pair.u()), u(pair.u())];
    const answer = c.call(24, "uufA", session, publicKey, fA([{ type: ck.CKA_PUBLIC_KEY_INFO, room: 200 }]));
    const [{ value: spki }] = answer.aA() as [{ value: Buffer }];
    c.rv(42, "uMu", session, M(mechanism(version, ck.CKM_ECDSA_SHA256)), privateKey);
    expect(c.rv(44, "uay", session, ay(data))).toBe(ck.CKR_OK);
    const signature = c.call(45, "ufy", session, fy(64)).ay() as Buffer;
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
    for (const [given, expected] of [
      [data, ck.CKR_OK],
      [Buffer.from("Data"), ck.CKR_SIGNATURE_INVALID],
    ] as const) {
      c.rv(48, "uMu", session, M(mechanism(version, ck.CKM_ECDSA_SHA256)), publicKey);
      expect(c.rv(49, "uayay", session, ay(given), ay(signature))).toBe(expected);
      c.rv(48, "uMu", session, M(mechanism(version, ck.CKM_ECDSA_SHA256)), publicKey);
      c.rv(50, "uay", session, ay(given));
      expect(c.rv(51, "uay", session, ay(signature))).toBe(expected);
    }
  });

  test("two operations run over the same parts", () => {
    const { c, session } = opened(version);
    const key = u(c.call(20, "uaA", session, aesKey()).u());
    const part = Buffer.alloc(32, 3);
    const begin = (kind: 29 | 33): void => {
      c.rv(kind, "uMu", session, M(mechanism(version, ck.CKM_AES_ECB)), key);
      c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)));
    };
    begin(29);
    const sealed = c.call(54, "uayfy", session, ay(part), fy(32)).ay() as Buffer;
    c.call(32, "ufy", session, fy(16));
    const digest = c.call(41, "ufy", session, fy(32)).ay();
    begin(33);
    expect(c.call(55, "uayfy", session, ay(sealed), fy(32)).ay()).toEqual(part);
    c.call(36, "ufy", session, fy(16));
    expect(c.call(41, "ufy", session, fy(32)).ay()).toEqual(digest);
    expect(digest).toEqual(createHash("sha256").update(part).digest());
  });

  test("no mechanism ends an operation, and is none for anything else", () => {
    const { c, session } = opened(version);
    const none = M(noMechanism(version));
    c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)));
    expect(c.call(38, "uayfy", session, ay(data), fy(0)).ay()).toBe(32);
    expect(c.rv(37, "uM", session, none)).toBe(ck.CKR_OK);
    expect(c.rv(41, "ufy", session, fy(32))).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
    expect(c.rv(48, "uMu", session, none, u(0))).toBe(ck.CKR_OK);
    expect(c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)))).toBe(ck.CKR_OK);
    expect(c.rv(58, "uMaA", session, none, aA([]))).toBe(ck.CKR_ARGUMENTS_BAD);
  });

  test("random numbers are as many as were asked for, and a seed is mixed in", () => {
    const { c, session } = opened(version);
    expect(c.rv(63, "uay", session, ay(Buffer.alloc(1000, 1)))).toBe(ck.CKR_OK);
    expect(c.call(64, "ufy", session, fy(33)).ay()).toHaveLength(33);
    expect(c.rv(64, "ufy", session, fy(2 ** 30))).toBe(ck.CKR_ARGUMENTS_BAD);
  });

  test("keys are wrapped, unwrapped and digested", () => {
    const { c, session } = opened(version);
    const flags = [ck.CKA_WRAP, ck.CKA_UNWRAP, ck.CKA_EXTRACTABLE].map((type) => ({ type, byte: 1 }));
    const key = u(c.call(20, "uaA", session, aesKey(...flags, { type: ck.CKA_SENSITIVE, byte: 0 })).u());
    const wrap = (room: number): Buffer | number =>
      c.call(60, "uMuufy", session, M(mechanism(version, ck.CKM_AES_ECB)), key, key, fy(room)).ay();
    expect(wrap(0)).toBe(32);
    const wrapped = wrap(32) as Buffer;
    const template = [
      { type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY },
      { type: ck.CKA_KEY_TYPE, ulong: ck.CKK_AES },
      { type: ck.CKA_EXTRACTABLE, byte: 1 },
      { type: ck.CKA_SENSITIVE, byte: 0 },
    ];
    const unwrapped = c
      .call(61, "uMuayaA", session, M(mechanism(version, ck.CKM_AES_ECB)), key, ay(wrapped), aA(template))
      .u();
    const answer = c.call(24, "uufA", session, u(unwrapped), fA([{ type: ck.CKA_VALUE, room: 32 }]));
    expect(answer.aA()).toEqual([{ type: ck.CKA_VALUE, length: 32, value: Buffer.alloc(32, 7) }]);
    c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)));
    expect(c.rv(40, "uu", session, key)).toBe(ck.CKR_OK);
    expect(c.call(41, "ufy", session, fy(32)).ay()).toEqual(createHash("sha256").update(Buffer.alloc(32, 7)).digest());
  });

  test("the state of a digest is saved and goes on in another session", () => {
    const { c, session } = opened(version);
    expect(c.rv(16, "ufy", session, fy(100))).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
    c.rv(37, "uM", session, M(mechanism(version, ck.CKM_SHA256)));
    c.rv(39, "uay", session, ay(data));
    const length = c.call(16, "ufy", session, fy(0)).ay() as number;
    const state = c.call(16, "ufy", session, fy(length)).ay() as Buffer;
    const other = u(c.call(10, "uu", u(1), u(6)).u());
    expect(c.rv(17, "uayuu", other, ay(Buffer.from("x")), u(0), u(0))).toBe(ck.CKR_SAVED_STATE_INVALID);
    expect(c.rv(17, "uayuu", other, ay(state), u(7), u(0))).toBe(ck.CKR_KEY_NOT_NEEDED);
    expect(c.rv(17, "uayuu", other, ay(state), u(0), u(0))).toBe(ck.CKR_OK);
    const digest = c.call(41, "ufy", other, fy(32)).ay();
    expect(digest).toEqual(createHash("sha256").update(data).digest());
  });

  test("a wait for a slot's event says at once that there is none, or waits until the application ends", async () => {
    const hsm = testHsm();
    const c = new Connection(hsm, version);
    c.initialize();
    expect(returnValue(await c.start(65, "u", u(ck.CKF_DONT_BLOCK)))).toBe(ck.CKR_NO_EVENT);
    const waiting = c.start(65, "u", u(0));
    expect(c.call(3, "").signature).toBe("vsusv");
    hsm.removeToken();
    expect((await waiting).u()).toBe(1);
    const ended = c.start(65, "u", u(0));
    expect(c.rv(2, "")).toBe(ck.CKR_OK);
    expect(returnValue(await ended)).toBe(ck.CKR_FUNCTION_CANCELED);
  });

  test("an RSA pair is made while other calls go on, and is given up when its application ends", async () => {
    const hsm = testHsm();
    const c = new Connection(hsm, version);
    const session = u(c.begin());
    const templates = [
      aA([
        { type: ck.CKA_MODULUS_BITS, ulong: 3072 },
        { type: ck.CKA_PUBLIC_EXPONENT, bytes: Buffer.of(1, 0, 1) },
      ]),
      aA([{ type: ck.CKA_TOKEN, byte: 1 }]),
    ];
    const pair = c.start(59, "uMaAaA", session, M(mechanism(version, ck.CKM_RSA_PKCS_KEY_PAIR_GEN)), ...templates);
    expect(c.call(13, "u", session).signature).toBe("uuuu");
    expect(c.rv(2, "")).toBe(ck.CKR_OK);
    expect([ck.CKR_FUNCTION_CANCELED, ck.CKR_SESSION_HANDLE_INVALID]).toContain(returnValue(await pair));
    expect(hsm.openSession().findObjects()).toEqual([]);
    expect(c.errors).toEqual([]);
  });
});

describe("parameters of mechanisms", () => {
  const hash = Buffer.alloc(32, 1);
  const parameters: readonly (readonly [string, number, readonly Buffer[], number])[] = [
    ["an IV", ck.CKM_AES_CBC_PAD, [field.byteArray(Buffer.alloc(16))], 16],
    ["an IV of a feedback mode", ck.CKM_AES_OFB, [field.byteArray(Buffer.alloc(16))], 4],
    ["a counter", ck.CKM_AES_CTR, [field.u64(128), field.byteArray(Buffer.alloc(16))], 4],
    [
      "those of GCM",
      ck.CKM_AES_GCM,
      [field.byteArray(Buffer.alloc(12)), field.u64(96), field.byteArray(null), field.u64(128)],
      20,
    ],
  ];

  test.each(parameters)("%s are read by versions 1 and 2", (_name, type, parameter, length) => {
    for (const version of [1, 2]) {
      const { c, session } = opened(version);
      const key = u(c.call(20, "uaA", session, aesKey()).u());
      expect(c.rv(29, "uMu", session, M(mechanism(version, type, parameter)), key)).toBe(ck.CKR_OK);
      const sealed = c.call(30, "uayfy", session, ay(data), fy(100)).ay() as Buffer;
      expect(sealed).toHaveLength(length);
      c.rv(33, "uMu", session, M(mechanism(version, type, parameter)), key);
      expect(c.call(34, "uayfy", session, ay(sealed), fy(100)).ay()).toEqual(data);
    }
  });

  test("PSS and OAEP are read by every version", async () => {
    for (const version of VERSIONS) {
      const { c, session } = opened(version);
      const flags = (...types: readonly number[]): Attribute[] => types.map((type) => ({ type, byte: 1 }));
      const pair = await c.start(
        59,
        "uMaAaA",
        session,
        M(mechanism(version, ck.CKM_RSA_PKCS_KEY_PAIR_GEN)),
        aA([{ type: ck.CKA_MODULUS_BITS, ulong: 1024 }, ...flags(ck.CKA_ENCRYPT, ck.CKA_VERIFY)]),
        aA(flags(ck.CKA_DECRYPT, ck.CKA_SIGN)),
      );
      const [publicKey, privateKey] = [u(pair.u()), u(pair.u())];
      const pss = M(mechanism(version, ck.CKM_RSA_PKCS_PSS, [ck.CKM_SHA256, ck.CKG_MGF1_SHA256, 32].map(field.u64)));
      c.rv(42, "uMu", session, pss, privateKey);
      const signature = c.call(43, "uayfy", session, ay(hash), fy(128)).ay() as Buffer;
      c.rv(48, "uMu", session, pss, publicKey);
      expect(c.rv(49, "uayay", session, ay(hash), ay(signature))).toBe(ck.CKR_OK);
      const oaep = M(
        mechanism(version, ck.CKM_RSA_PKCS_OAEP, [
          ...[ck.CKM_SHA_1, ck.CKG_MGF1_SHA1, 1].map(field.u64),
          field.byteArray(null),
        ]),
      );
      c.rv(29, "uMu", session, oaep, publicKey);
      const sealed = c.call(30, "uayfy", session, ay(data), fy(128)).ay() as Buffer;
      c.rv(33, "uMu", session, oaep, privateKey);
      expect(c.call(34, "uayfy", session, ay(sealed), fy(128)).ay()).toEqual(data);
      c.rv(46, "uMu", session, M(mechanism(version, ck.CKM_RSA_PKCS)), privateKey);
    }
  });

  test("ECDH derives, by C_DeriveKey and by the form of version 2 that gives a parameter back", async () => {
    for (const version of [1, 2]) {
      const { c, session } = opened(version);
      const flags = (type: number): Attribute => ({ type, byte: 1 });
      const pair = await c.start(
        59,
        "uMaAaA",
        session,
        M(mechanism(version, ck.CKM_EC_KEY_PAIR_GEN)),
        aA([{ type: ck.CKA_EC_PARAMS, bytes: P256 }]),
        aA([flags(ck.CKA_DERIVE)]),
      );
      const [publicKey, privateKey] = [u(pair.u()), u(pair.u())];
      const [{ value: point }] = c
        .call(24, "uufA", session, publicKey, fA([{ type: ck.CKA_EC_POINT, room: 100 }]))
        .aA() as [{ value: Buffer }];
      const ecdh = M(
        mechanism(version, ck.CKM_ECDH1_DERIVE, [
          field.u64(ck.CKD_NULL),
          field.byteArray(null),
          field.byteArray(point.subarray(2)),
        ]),
      );
      const template = aA([
        { type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY },
        { type: ck.CKA_KEY_TYPE, ulong: ck.CKK_GENERIC_SECRET },
      ]);
      const derived = c.call(version === 2 ? 89 : 62, "uMuaA", session, ecdh, privateKey, template);
      if (version === 2) expect([derived.signature, derived.u(), derived.y()]).toEqual(["uPu", 0, 0]);
      expect(c.rv(23, "uu", session, u(derived.u()))).toBe(ck.CKR_OK);
      expect(derived.rest).toBe(0);
    }
    const { c, session } = opened(2);
    const secret = u(c.call(20, "uaA", session, hmacKey()).u());
    const bare = c.call(
      89,
      "uMuaA",
      session,
      M(mechanism(2, ck.CKM_SHA256_KEY_DERIVATION)),
      secret,
      aA([{ type: ck.CKA_CLASS, ulong: ck.CKO_SECRET_KEY }]),
    );
    expect([bare.u(), bare.u() > 0, bare.rest]).toEqual([0, true, 0]);
    expect(c.rv(89, "uMuaA", session, M(mechanism(2, ck.CKM_SHA256_KEY_DERIVATION)), u(0), aA([]))).toBe(
      ck.CKR_KEY_HANDLE_INVALID,
    );
  });

  test("the length of a MAC is read, and a parameter that version 2 leaves out is missing", () => {
    const { c, session } = opened(2);
    const key = u(c.call(20, "uaA", session, hmacKey()).u());
    c.rv(42, "uMu", session, M(mechanism(2, ck.CKM_SHA256_HMAC_GENERAL, [field.u64(10)])), key);
    const mac = createHmac("sha256", Buffer.alloc(32, 7)).update(data).digest();
    expect(c.call(43, "uayfy", session, ay(data), fy(32)).ay()).toEqual(mac.subarray(0, 10));
    expect(c.rv(42, "uMu", session, M(withoutParameter(ck.CKM_SHA256_HMAC_GENERAL)), key)).toBe(
      ck.CKR_MECHANISM_PARAM_INVALID,
    );
  });

  test("a mechanism that p11-kit does not carry is refused, and the connection goes on", () => {
    const { c, session } = opened(2);
    expect(c.rv(37, "uM", session, M(mechanism(2, ck.CKM_SHA3_256)))).toBe(ck.CKR_MECHANISM_INVALID);
    expect(c.rv(37, "uM", session, M(mechanism(2, 0x1234_5678)))).toBe(ck.CKR_MECHANISM_INVALID);
    expect(c.rv(37, "uM", session, M(mechanism(2, ck.CKM_SHA256)))).toBe(ck.CKR_OK);
  });
});

describe("templates in templates", () => {
  const inner: Attribute[] = [
    { type: ck.CKA_ENCRYPT, byte: 1 },
    { type: ck.CKA_LABEL, bytes: Buffer.from("inner") },
  ];
  const kinds = { [ck.CKA_WRAP_TEMPLATE]: "attributes", [ck.CKA_ENCRYPT]: "byte" } as const;

  test("come in and go out, with as much as there is room for", () => {
    const { c, session } = opened(2);
    const object = u(c.call(20, "uaA", session, aesKey({ type: ck.CKA_WRAP_TEMPLATE, attributes: inner })).u());
    const read = (room: number, rooms?: readonly number[]): unknown => {
      const wanted = rooms === undefined ? {} : { inner: rooms.map((each) => ({ type: 0, room: each })) };
      const answer = c.call(24, "uufA", session, object, fA([{ type: ck.CKA_WRAP_TEMPLATE, room, ...wanted }]));
      return [(answer.aA(kinds) as [{ length: number; value: unknown }])[0], answer.u()];
    };
    const found = (value: unknown, code: number = ck.CKR_OK): unknown => [
      { type: ck.CKA_WRAP_TEMPLATE, length: 48, value },
      code,
    ];
    expect(read(0)).toEqual(found([]));
    const label = { type: ck.CKA_LABEL, length: 5 };
    expect(read(48, [0, 0])).toEqual(
      found([
        { type: ck.CKA_ENCRYPT, length: 1, value: 0 },
        { ...label, value: null },
      ]),
    );
    expect(read(48, [1, 5])).toEqual(
      found([
        { type: ck.CKA_ENCRYPT, length: 1, value: 1 },
        { ...label, value: Buffer.from("inner") },
      ]),
    );
    expect(read(48, [1, 4])).toEqual(
      found(
        [
          { type: ck.CKA_ENCRYPT, length: 1, value: 1 },
          { type: ck.CKA_LABEL, length: -1 },
        ],
        ck.CKR_BUFFER_TOO_SMALL,
      ),
    );
    expect(read(24, [1])).toEqual([{ type: ck.CKA_WRAP_TEMPLATE, length: -1 }, ck.CKR_BUFFER_TOO_SMALL]);
  });

  test("are taken no deeper than p11-kit goes", () => {
    const { c, session } = opened(2);
    let nested: Attribute = { type: ck.CKA_LABEL, bytes: data };
    for (let depth = 0; depth < 2000; depth++) nested = { type: ck.CKA_WRAP_TEMPLATE, attributes: [nested] };
    expect(c.rv(20, "uaA", session, aA([nested]))).toBe(ck.CKR_DEVICE_ERROR);
    let wanted: { type: number; room: number; inner?: readonly unknown[] } = { type: 3, room: 8 };
    for (let depth = 0; depth < 2000; depth++) wanted = { type: ck.CKA_WRAP_TEMPLATE, room: 24, inner: [wanted] };
    expect(c.rv(24, "uufA", session, u(1), fA([wanted as never]))).toBe(ck.CKR_DEVICE_ERROR);
    expect(c.rv(19, "u", session)).toBe(ck.CKR_OK);
  });

  test("are pointers where version 0 does not know their type", () => {
    const { c, session } = opened(0);
    const pointers = { type: ck.CKA_DERIVE_TEMPLATE, bytes: Buffer.alloc(24, 0xaa) };
    expect(c.rv(20, "uaA", session, aesKey(pointers))).toBe(ck.CKR_ATTRIBUTE_VALUE_INVALID);
  });
});

describe("messages", () => {
  test.each([1, 2])("are signed and verified, whole and in parts, in version %i", (version) => {
    const { c, session } = opened(version);
    const key = u(c.call(20, "uaA", session, hmacKey()).u());
    const hmac = M(mechanism(version, ck.CKM_SHA256_HMAC));
    const mac = createHmac("sha256", Buffer.alloc(32, 7)).update(data).digest();
    const none = ay(null);
    expect(c.rv(78, "uMu", session, hmac, key)).toBe(ck.CKR_OK);
    expect(c.call(79, "uayayfy", session, none, ay(data), fy(0)).ay()).toBe(32);
    expect(c.call(79, "uayayfy", session, none, ay(data), fy(32)).ay()).toEqual(mac);
    expect(c.rv(80, "uay", session, none)).toBe(ck.CKR_OK);
    expect(c.call(81, "uayayyfy", session, none, ay(data.subarray(0, 1)), y(0), fy(0)).ay()).toEqual(Buffer.alloc(0));
    const last = (room: number): Buffer | number =>
      c.call(81, "uayayyfy", session, none, ay(data.subarray(1)), y(1), fy(room)).ay();
    expect([last(0), last(31), last(32)]).toEqual([32, 32, mac]);
    expect(c.rv(79, "uayayfy", session, ay(Buffer.alloc(48)), ay(data), fy(32))).toBe(ck.CKR_MECHANISM_PARAM_INVALID);
    expect(c.rv(82, "u", session)).toBe(ck.CKR_OK);
    expect(c.rv(83, "uMu", session, hmac, key)).toBe(ck.CKR_OK);
    expect(c.rv(84, "uayayay", session, none, ay(data), ay(mac))).toBe(ck.CKR_OK);
    expect(c.rv(84, "uayayay", session, none, ay(Buffer.from("x")), ay(mac))).toBe(ck.CKR_SIGNATURE_INVALID);
    expect(c.rv(85, "uay", session, none)).toBe(ck.CKR_OK);
    expect(c.rv(86, "uayayay", session, none, ay(data.subarray(0, 1)), ay(null))).toBe(ck.CKR_OK);
    expect(c.rv(86, "uayayay", session, none, ay(data.subarray(1)), ay(mac))).toBe(ck.CKR_OK);
    expect(c.rv(87, "u", session)).toBe(ck.CKR_OK);
    expect(c.rv(67, "uu", session, u(ck.CKF_MESSAGE_SIGN | ck.CKF_FIND_OBJECTS))).toBe(ck.CKR_OK);
  });

  test("cannot be encrypted: what p11-kit sends of their parameters is addresses", () => {
    const { c, session } = opened(1);
    const key = u(c.call(20, "uaA", session, aesKey()).u());
    const gcm = M(
      mechanism(1, ck.CKM_AES_GCM, [field.byteArray(null), field.u64(0), field.byteArray(null), field.u64(0)]),
    );
    expect(c.rv(68, "uMu", session, gcm, key)).toBe(ck.CKR_FUNCTION_NOT_SUPPORTED);
    expect(c.rv(69, "uayayayfy", session, ay(Buffer.alloc(48)), ay(null), ay(data), fy(0))).toBe(
      ck.CKR_FUNCTION_NOT_SUPPORTED,
    );
    expect(c.rv(72, "u", u(99))).toBe(ck.CKR_SESSION_HANDLE_INVALID);
  });
});

test("C_LoginUser takes users without a name, and C_SessionCancel ends what its flags say", () => {
  const c = new Connection(testHsm(), 1);
  const session = u(c.begin(false));
  const login = (name: Uint8Array | null): number =>
    c.rv(66, "uuayay", session, u(ck.CKU_USER), ay(Buffer.from(PIN)), ay(name));
  expect(login(Buffer.from("me"))).toBe(ck.CKR_ARGUMENTS_BAD);
  expect(login(null)).toBe(ck.CKR_OK);
  c.rv(37, "uM", session, M(mechanism(1, ck.CKM_SHA256)));
  c.rv(26, "uaA", session, aA([]));
  expect(c.call(38, "uayfy", session, ay(data), fy(0)).ay()).toBe(32);
  expect(c.rv(67, "uu", session, u(ck.CKF_FIND_OBJECTS))).toBe(ck.CKR_OK);
  expect(c.rv(28, "u", session)).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
  expect(c.call(38, "uayfy", session, ay(data), fy(0)).ay()).toBe(32);
  expect(c.rv(67, "uu", session, u(ck.CKF_DIGEST))).toBe(ck.CKR_OK);
  expect(c.rv(41, "ufy", session, fy(32))).toBe(ck.CKR_OPERATION_NOT_INITIALIZED);
});
