/** Programs written for pkcs11js, unchanged, with `pocket-hsm/pkcs11` in its place; Node's own crypto on the other side. */

import { spawnSync } from "node:child_process";
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  privateDecrypt,
  verify,
  webcrypto,
} from "node:crypto";
import { resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { describeWithPackages } from "../../support/programs.ts";

// The packages are not there when the types are checked.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Untyped = any;

const LIBRARY = "pocket-hsm:?label=clients&pin=12345&policy=pkcs11";
const data = Buffer.from("what is to be signed");
const P256 = Buffer.from("06082a8648ce3d030107", "hex");

describeWithPackages("clients", "graphene-pk11", (load) => {
  const graphene: Untyped = load("graphene-pk11");
  const module = graphene.Module.load(LIBRARY, "pocket-hsm");
  module.initialize();
  const slot = module.getSlots(0);
  const session = slot.open(graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);
  session.login("12345");
  afterAll(() => module.finalize());

  const aesKey = (usages: object): Untyped =>
    session.generateKey(graphene.KeyGenMechanism.AES, {
      keyType: graphene.KeyType.AES,
      valueLen: 32,
      sensitive: false,
      extractable: true,
      ...usages,
    });

  test("sees module, slot, token and mechanisms", () => {
    expect(module.libraryDescription.trim()).toBe("TypeScript HSM");
    expect(slot.getToken().label.trim()).toBe("clients");
    expect(slot.getMechanisms().items(0).name).toBeTypeOf("string");
  });

  test("refuses a library that is not there", () => {
    expect(() => graphene.Module.load("/nowhere/libsofthsm2.so")).toThrow("not a shared library");
  });

  test("creates, finds and copies objects, with their attributes typed", () => {
    session.create({ class: graphene.ObjectClass.DATA, label: "note", value: data, private: false });
    const found = session.find({ class: graphene.ObjectClass.DATA, label: "note" });
    expect(found.length).toBe(1);
    const object = found.items(0).toType();
    expect([object.label, object.value.equals(data), object.private]).toEqual(["note", true, false]);
    expect(session.copy(object, { label: "copy" }).toType().label).toBe("copy");
  });

  test("encrypts with AES-GCM, which Node opens", () => {
    const key = aesKey({ encrypt: true, decrypt: true });
    const iv = Buffer.alloc(12, 3);
    const algorithm = { name: "AES_GCM", params: new graphene.AesGcm240Params(iv, Buffer.from("aad"), 128) };
    const sealed = session.createCipher(algorithm, key).once(data, Buffer.alloc(100));
    const node = createDecipheriv("aes-256-gcm", key.getAttribute({ value: null }).value, iv);
    node.setAAD(Buffer.from("aad")).setAuthTag(sealed.subarray(-16));
    expect(Buffer.concat([node.update(sealed.subarray(0, -16)), node.final()]).equals(data)).toBe(true);
    const opened = session.createDecipher(algorithm, key).once(sealed, Buffer.alloc(100));
    expect(opened.equals(data)).toBe(true);
  });

  test("digests in parts", () => {
    const digest = session.createDigest("SHA256");
    digest.update(data.subarray(0, 4));
    digest.update(data.subarray(4));
    expect(digest.final().equals(createHash("sha256").update(data).digest())).toBe(true);
  });

  test("signs with RSA in one call, in parts and with a callback, and Node verifies", async () => {
    const pair = session.generateKeyPair(
      graphene.KeyGenMechanism.RSA,
      { keyType: graphene.KeyType.RSA, modulusBits: 2048, publicExponent: Buffer.of(1, 0, 1), verify: true },
      { keyType: graphene.KeyType.RSA, sign: true },
    );
    const { modulus, publicExponent } = pair.publicKey.getAttribute({ modulus: null, publicExponent: null });
    const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: publicExponent.toString("base64url") };
    const node = createPublicKey({ key: jwk, format: "jwk" });
    const signer = (): Untyped => session.createSign("SHA256_RSA_PKCS", pair.privateKey);
    const inParts = signer();
    inParts.update(data);
    const signatures = [
      inParts.final(),
      signer().once(data),
      await new Promise<Buffer>((resolve, reject) =>
        signer().once(data, (error: Error | null, signature: Buffer) => (error ? reject(error) : resolve(signature))),
      ),
    ];
    expect(signatures.map((signature) => verify("sha256", data, node, signature))).toEqual([true, true, true]);
    expect(session.createVerify("SHA256_RSA_PKCS", pair.publicKey).once(data, signatures[0])).toBe(true);
  });

  test("agrees on a secret with ECDH", () => {
    const pair = session.generateKeyPair(
      graphene.KeyGenMechanism.EC,
      { keyType: graphene.KeyType.EC, paramsECDSA: P256, derive: true },
      { keyType: graphene.KeyType.EC, derive: true },
    );
    const node = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = node.publicKey.export({ format: "jwk" });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    const derived = session.deriveKey(
      { name: "ECDH1_DERIVE", params: new graphene.EcdhParams(graphene.EcKdf.NULL, null, point) },
      pair.privateKey,
      {
        class: graphene.ObjectClass.SECRET_KEY,
        keyType: graphene.KeyType.AES,
        valueLen: 32,
        sensitive: false,
        extractable: true,
      },
    );
    const own: Buffer = pair.publicKey.getAttribute({ pointEC: null }).pointEC.subarray(-65);
    const jwk: JsonWebKey = {
      kty: "EC",
      crv: "P-256",
      x: own.toString("base64url", 1, 33),
      y: own.toString("base64url", 33),
    };
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    const secret = diffieHellman({ privateKey: node.privateKey, publicKey });
    expect(derived.getAttribute({ value: null }).value.equals(secret)).toBe(true);
  });

  test("wraps a key and unwraps it", () => {
    const key = aesKey({ encrypt: true, decrypt: true });
    const wrapping = aesKey({ wrap: true, unwrap: true });
    const wrapped = session.wrapKey("AES_KEY_WRAP", wrapping, key);
    const back = session.unwrapKey("AES_KEY_WRAP", wrapping, wrapped, {
      class: graphene.ObjectClass.SECRET_KEY,
      keyType: graphene.KeyType.AES,
      sensitive: false,
      extractable: true,
    });
    const [a, b] = [key, back].map((each) => each.getAttribute({ value: null }).value.toString("hex"));
    expect(b).toBe(a);
  });
});

describeWithPackages("clients", "node-webcrypto-p11", (load) => {
  const { Crypto }: Untyped = load("node-webcrypto-p11");
  const crypto = new Crypto({ library: LIBRARY, name: "pocket-hsm", slot: 0, readWrite: true, pin: "12345" });
  const subtle: SubtleCrypto = crypto.subtle;
  afterAll(() => crypto.close());

  test("digests and makes random numbers", async () => {
    expect(Buffer.from(await subtle.digest("SHA-256", data))).toEqual(createHash("sha256").update(data).digest());
    expect(crypto.getRandomValues(new Uint8Array(32)).some((byte: number) => byte !== 0)).toBe(true);
  });

  test.each([
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 },
    {
      name: "RSA-PSS",
      hash: "SHA-256",
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
      saltLength: 32,
    },
    { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
    { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  ])("signs with $name $hash, and Node's WebCrypto verifies", async (algorithm) => {
    const pair = (await subtle.generateKey(algorithm, false, ["sign", "verify"])) as CryptoKeyPair;
    const signature = await subtle.sign(algorithm, pair.privateKey, data);
    const spki = await subtle.exportKey("spki", pair.publicKey);
    const node = await webcrypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
    expect(await webcrypto.subtle.verify(algorithm, node, signature, data)).toBe(true);
    expect(await subtle.verify(algorithm, pair.publicKey, signature, Buffer.from("other"))).toBe(false);
  });

  test("encrypts with AES-CBC and AES-GCM, which Node opens", async () => {
    for (const algorithm of [
      { name: "AES-CBC", iv: Buffer.alloc(16, 1) },
      { name: "AES-GCM", iv: Buffer.alloc(12, 1), additionalData: Buffer.from("aad"), tagLength: 128 },
    ]) {
      const { name } = algorithm;
      const key = (await subtle.generateKey({ name, length: 256 }, true, ["encrypt", "decrypt"])) as CryptoKey;
      const raw = await subtle.exportKey("raw", key);
      const node = await webcrypto.subtle.importKey("raw", raw, name, false, ["decrypt"]);
      const sealed = await subtle.encrypt(algorithm, key, data);
      expect(Buffer.from(await webcrypto.subtle.decrypt(algorithm, node, sealed))).toEqual(data);
      expect(Buffer.from(await subtle.decrypt(algorithm, key, sealed))).toEqual(data);
    }
  });

  test("opens what Node encrypted with RSA-OAEP, and the other way round", async () => {
    const algorithm = {
      name: "RSA-OAEP",
      hash: "SHA-1",
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    };
    const pair = (await subtle.generateKey(algorithm, true, ["encrypt", "decrypt"])) as CryptoKeyPair;
    const spki = await subtle.exportKey("spki", pair.publicKey);
    const node = await webcrypto.subtle.importKey("spki", spki, algorithm, false, ["encrypt"]);
    const sealed = await webcrypto.subtle.encrypt(algorithm, node, data);
    expect(Buffer.from(await subtle.decrypt(algorithm, pair.privateKey, sealed))).toEqual(data);
    const key = Buffer.from(await subtle.exportKey("pkcs8", pair.privateKey));
    const theirs = Buffer.from(await subtle.encrypt(algorithm, pair.publicKey, data));
    expect(privateDecrypt(createPrivateKey({ key, format: "der", type: "pkcs8" }), theirs)).toEqual(data);
  });

  test("makes HMACs", async () => {
    const value = Buffer.alloc(32, 5);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await subtle.importKey("raw", value, algorithm, false, ["sign"]);
    expect(Buffer.from(await subtle.sign(algorithm, key, data))).toEqual(
      createHmac("sha256", value).update(data).digest(),
    );
  });

  test("keeps keys in the token and asks for the PIN again where a key wants it", async () => {
    const algorithm = { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" };
    const always = { ...algorithm, alwaysAuthenticate: true };
    const pair = (await subtle.generateKey(always, false, ["sign", "verify"])) as CryptoKeyPair;
    const index = await crypto.keyStorage.setItem(pair.privateKey);
    const key = await crypto.keyStorage.getItem(index, algorithm, false, ["sign"]);
    crypto.onAlwaysAuthenticate = () => null;
    await expect(subtle.sign(algorithm, key, data)).rejects.toThrow("CKR_USER_NOT_LOGGED_IN");
    crypto.onAlwaysAuthenticate = () => "12345";
    const signature = await subtle.sign(algorithm, key, data);
    expect(await subtle.verify(algorithm, pair.publicKey, signature, data)).toBe(true);
  });
});

test("outside of Node, where there is no Buffer, bytes are plain Uint8Arrays", () => {
  const program = `
    delete globalThis.Buffer;
    const { CKF_SERIAL_SESSION, CKM_SHA256, PKCS11 } = await import("./dist/pkcs11.js");
    const p11 = new PKCS11({});
    p11.C_Initialize();
    const session = p11.C_OpenSession(p11.C_GetSlotList()[0], CKF_SERIAL_SESSION);
    p11.C_DigestInit(session, { mechanism: CKM_SHA256 });
    const digest = p11.C_Digest(session, new TextEncoder().encode("abc"), new Uint8Array(40));
    console.log(session.constructor.name, digest.constructor.name, digest.length, digest[0].toString(16));
  `;
  const cwd = resolve(import.meta.dirname, "../../..");
  const ran = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd, encoding: "utf8" });
  // FIPS 180-4's example: the digest of "abc" begins with ba.
  expect([ran.stdout, ran.stderr]).toEqual(["Uint8Array Uint8Array 32 ba\n", ""]);
});
