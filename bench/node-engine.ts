/**
 * The engine on node:crypto beside node:crypto itself, whose key objects are made beforehand:
 * `npx tsx bench/bundled.ts bench/node-engine.ts [rounds] [part of a name]`. Both do the same from the message on: what a scheme
 * hashes is hashed on both sides.
 */

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type { CurveName, EcPrivateKey, EcPublicKey, HashName, RsaComponents } from "../src/crypto/engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { encodeSpki } from "../src/der/spki.ts";
import { nodeEngine } from "../src/node/engine.ts";
import { privateKeyObject, publicKeyObject, type RawCurve } from "../src/node/raw-keys.ts";
import { type Contest, consumption, line, run } from "./contest.ts";

const NODE = "node:crypto";
const LEAST: Contest["least"] = { [NODE]: 0.9 };

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const bit = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);
const none = new Uint8Array(0);
const message = bytes(32);

const versusNode = (name: string, calls: number, ours: () => Uint8Array, node: () => Uint8Array): Contest => ({
  name,
  calls,
  rivals: { ours, [NODE]: node },
  least: LEAST,
});

function ellipticCurve(curve: CurveName, hash: HashName, calls: number): Contest[] {
  const nodeHash = hash.toLowerCase();
  const scalar = nodeEngine.ecGenerate(curve, bytes);
  const key = nodeEngine.ecPrivate(curve, scalar) as EcPrivateKey;
  const point = key.publicPoint();
  const own = nodeEngine.ecPublic(curve, point) as EcPublicKey;
  const peer = (nodeEngine.ecPrivate(curve, nodeEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint();
  const nodeKey = { type: "EC", curve, privateKey: scalar, point } as const;
  const privateKey = createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(encodePkcs8(nodeKey)) });
  const publicKey = createPublicKey(privateKey);
  const asKeyObject = (q: Uint8Array) =>
    createPublicKey({ format: "der", type: "spki", key: Buffer.from(encodeSpki({ type: "EC", curve, point: q })) });
  const dsaEncoding = "ieee-p1363";
  const signature = key.sign(nodeEngine.digest(hash, message), bytes);
  const peerKey = asKeyObject(peer);
  const namedCurve = (publicKey.asymmetricKeyDetails as { namedCurve: string }).namedCurve;
  return [
    versusNode(
      `${curve} sign`,
      calls,
      () => key.sign(nodeEngine.digest(hash, message), bytes),
      () => sign(nodeHash, message, { key: privateKey, dsaEncoding }),
    ),
    versusNode(
      `${curve} verify`,
      calls,
      () => bit(own.verify(nodeEngine.digest(hash, message), signature)),
      () => bit(verify(nodeHash, message, { key: publicKey, dsaEncoding }, signature)),
    ),
    versusNode(
      `${curve} ECDH`,
      calls,
      () => key.agree(peer) as Uint8Array,
      () => diffieHellman({ privateKey, publicKey: peerKey }),
    ),
    versusNode(
      `${curve} key generation`,
      calls,
      () => (nodeEngine.ecPrivate(curve, nodeEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint(),
      () => bit(generateKeyPairSync("ec", { namedCurve }).privateKey.type === "private"),
    ),
  ];
}

/** A pair of Node's, without a byte of it. */
function newKey(curve: RawCurve): Uint8Array {
  const generate = {
    Ed25519: () => generateKeyPairSync("ed25519"),
    Ed448: () => generateKeyPairSync("ed448"),
    X25519: () => generateKeyPairSync("x25519"),
    X448: () => generateKeyPairSync("x448"),
  };
  return bit(generate[curve]().publicKey.type === "public");
}

function edwards(curve: "Ed25519" | "Ed448", calls: number): Contest[] {
  const seed = bytes(curve === "Ed25519" ? 32 : 57);
  const privateKey = privateKeyObject(curve, seed);
  const ed25519 = curve === "Ed25519" ? nodeEngine.edPrivate(seed) : undefined;
  const ed448 = curve === "Ed448" ? nodeEngine.ed448Private(seed) : undefined;
  const point = (ed25519 ?? ed448)?.publicKey() as Uint8Array;
  const publicKey = publicKeyObject(curve, point);
  const signature = new Uint8Array(sign(null, message, privateKey));
  const own25519 = ed25519 && nodeEngine.edPublic(point);
  const own448 = ed448 && nodeEngine.ed448Public(point);
  return [
    versusNode(
      `${curve} sign`,
      calls,
      () => (ed25519?.sign(message, "pure") ?? ed448?.sign(message, "pure", none)) as Uint8Array,
      () => sign(null, message, privateKey),
    ),
    versusNode(
      `${curve} verify`,
      calls,
      () =>
        bit(own25519?.verify(message, signature, "pure") ?? own448?.verify(message, signature, "pure", none) ?? false),
      () => bit(verify(null, message, publicKey, signature)),
    ),
    versusNode(
      `${curve} key generation`,
      calls,
      () =>
        curve === "Ed25519"
          ? nodeEngine.edPrivate(bytes(32)).publicKey()
          : nodeEngine.ed448Private(bytes(57)).publicKey(),
      () => newKey(curve),
    ),
  ];
}

function montgomery(curve: "X25519" | "X448", calls: number): Contest[] {
  const length = curve === "X25519" ? 32 : 56;
  const secret = bytes(length);
  const key = nodeEngine.xPrivate(curve, secret);
  const peer = nodeEngine.xPrivate(curve, bytes(length)).publicKey();
  const privateKey = privateKeyObject(curve, secret);
  const publicKey = publicKeyObject(curve, peer);
  return [
    versusNode(
      `${curve} agreement`,
      calls,
      () => key.agree(peer) as Uint8Array,
      () => diffieHellman({ privateKey, publicKey }),
    ),
    versusNode(
      `${curve} key generation`,
      calls,
      () => nodeEngine.xPrivate(curve, bytes(length)).publicKey(),
      () => newKey(curve),
    ),
  ];
}

function rsa(modulusLength: number, calls: number): Contest[] {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
  const jwk = privateKey.export({ format: "jwk" }) as Record<string, string>;
  const components = Object.fromEntries(
    ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map((name) => [
      name,
      new Uint8Array(Buffer.from(jwk[name] as string, "base64url")),
    ]),
  ) as unknown as RsaComponents;
  const own = nodeEngine.rsaPrivate(components);
  const shared = nodeEngine.rsaPublic(components.n, components.e);
  if (own === undefined || shared === undefined) throw new Error("a key of Node's that is none");
  const digest = (): Uint8Array => nodeEngine.digest("SHA256", message);
  const pss = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 } as const;
  const oaep = { hash: "SHA256", mgf: "SHA256", label: none } as const;
  const nodePss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const nodeOaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const nodePkcs1 = { padding: constants.RSA_PKCS1_PADDING };
  const signed = { pss: own.pssSign(pss, digest(), bytes), pkcs1: own.pkcs1Sign("SHA256", digest(), bytes) };
  const sealed = { oaep: shared.oaepEncrypt(oaep, message, bytes), pkcs1: shared.pkcs1Encrypt(message, bytes) };
  const name = `RSA-${modulusLength}`;
  const quick = 20 * calls;
  return [
    versusNode(
      `${name} sign PSS`,
      calls,
      () => own.pssSign(pss, digest(), bytes),
      () => sign("sha256", message, { key: privateKey, ...nodePss }),
    ),
    versusNode(
      `${name} sign PKCS #1`,
      calls,
      () => own.pkcs1Sign("SHA256", digest(), bytes),
      () => sign("sha256", message, { key: privateKey, ...nodePkcs1 }),
    ),
    versusNode(
      `${name} decrypt OAEP`,
      calls,
      () => own.oaepDecrypt(oaep, sealed.oaep, bytes) as Uint8Array,
      () => privateDecrypt({ key: privateKey, ...nodeOaep }, sealed.oaep),
    ),
    versusNode(
      `${name} decrypt PKCS #1`,
      calls,
      () => own.pkcs1Decrypt(sealed.pkcs1, bytes) as Uint8Array,
      // Node refuses the padding without implicit rejection; the bare operation is less than ours does.
      () => privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, sealed.pkcs1),
    ),
    versusNode(
      `${name} verify PSS`,
      quick,
      () => bit(shared.pssVerify(pss, digest(), signed.pss)),
      () => bit(verify("sha256", message, { key: publicKey, ...nodePss }, signed.pss)),
    ),
    versusNode(
      `${name} verify PKCS #1`,
      quick,
      () => bit(shared.pkcs1Verify("SHA256", digest(), signed.pkcs1)),
      () => bit(verify("sha256", message, { key: publicKey, ...nodePkcs1 }, signed.pkcs1)),
    ),
    versusNode(
      `${name} encrypt OAEP`,
      quick,
      () => shared.oaepEncrypt(oaep, message, bytes),
      () => publicEncrypt({ key: publicKey, ...nodeOaep }, message),
    ),
    versusNode(
      `${name} encrypt PKCS #1`,
      quick,
      () => shared.pkcs1Encrypt(message, bytes),
      () => publicEncrypt({ key: publicKey, ...nodePkcs1 }, message),
    ),
  ];
}

const secret = bytes(32);
const iv = bytes(12);
const block = bytes(16);
const aes = nodeEngine.aes(secret);

function symmetric(length: number, calls: number): Contest[] {
  const data = bytes(length);
  const aad = bytes(16);
  const sealed = aes.gcmSeal(iv, aad, data, 16);
  const enciphered = aes.cbcEncrypt(block, data);
  const mac = nodeEngine.hmac("SHA256", secret);
  return [
    versusNode(
      `AES-256-GCM seal ${length} B`,
      calls,
      () => aes.gcmSeal(iv, aad, data, 16),
      () => {
        const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(aad);
        return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
      },
    ),
    versusNode(
      `AES-256-GCM open ${length} B`,
      calls,
      () => aes.gcmOpen(iv, aad, sealed, 16) as Uint8Array,
      () => {
        const decipher = createDecipheriv("aes-256-gcm", secret, iv).setAAD(aad).setAuthTag(sealed.subarray(length));
        return Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
      },
    ),
    versusNode(
      `AES-256-CTR ${length} B`,
      calls,
      () => aes.ctr(block, data),
      () => createCipheriv("aes-256-ctr", secret, block).update(data),
    ),
    versusNode(
      `AES-256-CBC encrypt ${length} B`,
      calls,
      () => aes.cbcEncrypt(block, data),
      () => {
        const cipher = createCipheriv("aes-256-cbc", secret, block).setAutoPadding(false);
        return Buffer.concat([cipher.update(data), cipher.final()]);
      },
    ),
    versusNode(
      `AES-256-CBC decrypt ${length} B`,
      calls,
      () => aes.cbcDecrypt(block, enciphered),
      () => {
        const decipher = createDecipheriv("aes-256-cbc", secret, block).setAutoPadding(false);
        return Buffer.concat([decipher.update(enciphered), decipher.final()]);
      },
    ),
    versusNode(
      `HMAC-SHA-256 ${length} B`,
      calls,
      () => mac.mac(data),
      () => createHmac("sha256", secret).update(data).digest(),
    ),
    ...(["SHA256", "SHA512", "SHA3_256"] as const).map((hash) =>
      versusNode(
        `${hash} ${length} B`,
        calls,
        () => nodeEngine.digest(hash, data),
        () => createHash(hash.toLowerCase().replace("_", "-")).update(data).digest(),
      ),
    ),
  ];
}

export const nodeEngineContests: readonly Contest[] = [
  ...ellipticCurve("P-224", "SHA224", 10),
  ...ellipticCurve("P-256", "SHA256", 40),
  ...ellipticCurve("P-384", "SHA384", 6),
  ...ellipticCurve("P-521", "SHA512", 4),
  ...ellipticCurve("secp256k1", "SHA256", 10),
  ...ellipticCurve("brainpoolP256r1", "SHA256", 10),
  ...edwards("Ed25519", 40),
  ...edwards("Ed448", 10),
  ...montgomery("X25519", 40),
  ...montgomery("X448", 10),
  ...rsa(2048, 10),
  ...rsa(3072, 6),
  ...rsa(4096, 3),
  ...symmetric(32, 1000),
  ...symmetric(256, 1000),
  ...symmetric(1024, 1000),
  ...symmetric(4096, 300),
  ...symmetric(65536, 30),
];

const [rounds = "15", only = ""] = process.argv.slice(2);
for (const contest of nodeEngineContests.filter(({ name }) => name.includes(only))) {
  console.log(line(run(contest, Number(rounds)), contest.least));
}
if (consumption() === 256) console.log("never");
