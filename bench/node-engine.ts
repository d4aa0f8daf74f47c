/**
 * The engine on node:crypto beside node:crypto itself, whose key objects are made beforehand. Both do the same from the
 * message on: what a scheme hashes is hashed on both sides.
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
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type {
  CurveName,
  EcPrivateKey,
  EcPublicKey,
  Ed448PublicKey,
  HashName,
  RsaPrivateKey,
  RsaPublicKey,
} from "../src/crypto/engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { encodeSpki } from "../src/der/spki.ts";
import type { MechanismChoice } from "../src/mechanisms/registry.ts";
import { nodeEngine } from "../src/node/engine.ts";
import { privateKeyObject, publicKeyObject, type RawCurve } from "../src/node/raw-keys.ts";
import { threadedNodeEngine } from "../src/node/threads.ts";
import type { BatchChoice } from "../src/token/batches.ts";
import { createHsm } from "../src/token/hsm.ts";
import type { Session } from "../src/token/session.ts";
import { componentsFromJwk } from "../test/support/rsa-fixture.ts";
import { type Call, type Contest, once } from "./contest.ts";

const NODE = "node:crypto";
/** The target beside it, where there is one. */
const LEAST: Readonly<Record<string, number>> = { [NODE]: 0.9 };

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const none = new Uint8Array(0);

/**
 * Draws that cost a copy. RSA's encodings take salts and seeds from their caller: those of `randomBytes` would count two
 * microseconds a call on our side alone, where OpenSSL draws from a generator of its own in the memory of the process.
 */
function fromPool(): (length: number) => Uint8Array {
  let pool: Uint8Array = none;
  let at = 0;
  return (length) => {
    if (at + length > pool.length) {
      pool = bytes(1 << 16);
      at = 0;
    }
    at += length;
    return pool.slice(at - length, at);
  };
}

const message = bytes(32);

/** Ours and Node's. */
type Pair = readonly [Call, Call];

/** Contests of a group; `make` sets up all of its operations at once. `calls` are those of a turn. */
function versusNode<O extends string>(
  group: string,
  calls: Readonly<Record<O, number>>,
  make: () => Readonly<Record<O, Pair>>,
): Contest[] {
  const made = once(make);
  return (Object.keys(calls) as O[]).map((operation) => ({
    layer: "node engine",
    group,
    name: `${group} ${operation}`,
    calls: calls[operation],
    rivals: () => {
      const [ours, node] = made()[operation];
      return { ours, [NODE]: node };
    },
    least: LEAST,
  }));
}

/** Without what a digest that is given cannot have: Node hashes itself. */
const withoutLeast = ({ least: _, ...contest }: Contest): Contest => contest;

function ellipticCurve(curve: CurveName, hash: HashName, calls: number): Contest[] {
  const each = { sign: calls, verify: calls, "verify a digest": calls, ECDH: calls, "key generation": calls };
  const contests = versusNode(curve, each, () => {
    const drawn = fromPool();
    const nodeHash = hash.toLowerCase();
    const scalar = nodeEngine.ecGenerate(curve, bytes);
    const key = nodeEngine.ecPrivate(curve, scalar) as EcPrivateKey;
    const point = key.publicPoint();
    const own = nodeEngine.ecPublic(curve, point) as EcPublicKey;
    const peer = (nodeEngine.ecPrivate(curve, nodeEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint();
    const nodeKey = { type: "EC", curve, privateKey: scalar, point } as const;
    const privateKey = createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(encodePkcs8(nodeKey)) });
    const publicKey = createPublicKey(privateKey);
    const spki = Buffer.from(encodeSpki({ type: "EC", curve, point: peer }));
    const peerKey = createPublicKey({ format: "der", type: "spki", key: spki });
    const { namedCurve } = publicKey.asymmetricKeyDetails as { namedCurve: string };
    const dsaEncoding = "ieee-p1363";
    const signature = key.sign(nodeEngine.digest(hash, message), bytes);
    const verifyDigest = () => own.verify(nodeEngine.digest(hash, message), signature);
    const nodeVerify = () => verify(nodeHash, message, { key: publicKey, dsaEncoding }, signature);
    return {
      sign: [
        () => key.sign(nodeEngine.digest(hash, message), drawn),
        () => sign(nodeHash, message, { key: privateKey, dsaEncoding }),
      ],
      verify: [() => own.verifyMessage?.(hash, message, signature) ?? verifyDigest(), nodeVerify],
      "verify a digest": [verifyDigest, nodeVerify],
      ECDH: [() => key.agree(peer), () => diffieHellman({ privateKey, publicKey: peerKey })],
      "key generation": [
        () => nodeEngine.ecPrivate(curve, nodeEngine.ecGenerate(curve, bytes))?.publicPoint(),
        () => generateKeyPairSync("ec", { namedCurve }),
      ],
    };
  });
  return contests.map((contest) => (contest.name.endsWith("digest") ? withoutLeast(contest) : contest));
}

/** A key to work with, and the public key's bytes, by the shortest way that Node has for them: SPKI takes it three times as long. */
const generateByNode: Readonly<Record<RawCurve, Call>> = {
  Ed25519: () => generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x,
  Ed448: () => generateKeyPairSync("ed448").publicKey.export({ format: "jwk" }).x,
  X25519: () => generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }).x,
  X448: () => generateKeyPairSync("x448").publicKey.export({ format: "jwk" }).x,
};

function edwards(curve: "Ed25519" | "Ed448", calls: number): Contest[] {
  return versusNode(curve, { sign: calls, verify: calls, "key generation": calls }, () => {
    const newKey =
      curve === "Ed25519" ? () => nodeEngine.edPrivate(bytes(32)) : () => nodeEngine.ed448Private(bytes(57));
    const seed = bytes(curve === "Ed25519" ? 32 : 57);
    const own = curve === "Ed25519" ? nodeEngine.edPrivate(seed) : nodeEngine.ed448Private(seed);
    const point = own.publicKey();
    const shared = (curve === "Ed25519" ? nodeEngine.edPublic(point) : nodeEngine.ed448Public(point)) as Ed448PublicKey;
    const privateKey = privateKeyObject(curve, seed);
    const publicKey = publicKeyObject(curve, point);
    const signature = new Uint8Array(sign(null, message, privateKey));
    return {
      sign: [() => own.sign(message, "pure", none), () => sign(null, message, privateKey)],
      verify: [
        () => shared.verify(message, signature, "pure", none),
        () => verify(null, message, publicKey, signature),
      ],
      "key generation": [() => newKey().publicKey(), generateByNode[curve]],
    };
  });
}

function montgomery(curve: "X25519" | "X448", calls: number): Contest[] {
  const length = curve === "X25519" ? 32 : 56;
  return versusNode(curve, { agreement: calls, "agreement with a new peer": calls, "key generation": calls }, () => {
    const secret = bytes(length);
    const key = nodeEngine.xPrivate(curve, secret);
    const peers = [bytes(length), bytes(length)].map((d) => nodeEngine.xPrivate(curve, d).publicKey());
    const [peer] = peers as [Uint8Array];
    const privateKey = privateKeyObject(curve, secret);
    const publicKey = publicKeyObject(curve, peer);
    let turn = 0;
    const next = () => peers[turn++ & 1] as Uint8Array;
    return {
      agreement: [() => key.agree(peer), () => diffieHellman({ privateKey, publicKey })],
      "agreement with a new peer": [
        () => key.agree(next()),
        () => diffieHellman({ privateKey, publicKey: publicKeyObject(curve, next()) }),
      ],
      "key generation": [() => nodeEngine.xPrivate(curve, bytes(length)).publicKey(), generateByNode[curve]],
    };
  });
}

function rsa(modulusLength: number, calls: number): Contest[] {
  const each = {
    "sign PSS": calls,
    "sign PKCS #1": calls,
    "decrypt OAEP": calls,
    "decrypt PKCS #1": calls,
    "verify PSS": 20 * calls,
    "verify PSS of a digest": 20 * calls,
    "verify PSS SHA-512": 20 * calls,
    "verify PKCS #1": 20 * calls,
    "encrypt OAEP": 20 * calls,
    "encrypt OAEP SHA-1": 20 * calls,
    "encrypt PKCS #1": 20 * calls,
  };
  const contests = versusNode(`RSA-${modulusLength}`, each, () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
    const components = componentsFromJwk(privateKey.export({ format: "jwk" }));
    const own = nodeEngine.rsaPrivate(components) as RsaPrivateKey;
    const shared = nodeEngine.rsaPublic(components.n, components.e) as RsaPublicKey;
    const digest = (): Uint8Array => nodeEngine.digest("SHA256", message);
    const pss = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 } as const;
    const oaep = { hash: "SHA256", mgf: "SHA256", label: none } as const;
    const nodePss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const nodeOaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const nodePkcs1 = { padding: constants.RSA_PKCS1_PADDING };
    // Node has no PKCS #1 decryption with implicit rejection: the bare operation is less than what ours does.
    const bare = { padding: constants.RSA_NO_PADDING };
    const drawn = fromPool();
    const longDigest = (): Uint8Array => nodeEngine.digest("SHA512", message);
    const pss512 = { hash: "SHA512", mgf: "SHA512", saltBytes: 64 } as const;
    const oaep1 = { hash: "SHA1", mgf: "SHA1", label: none } as const;
    const pss512Signature = own.pssSign(pss512, longDigest(), bytes);
    const signed = { pss: own.pssSign(pss, digest(), bytes), pkcs1: own.pkcs1Sign("SHA256", digest(), bytes) };
    const sealed = { oaep: shared.oaepEncrypt(oaep, message, bytes), pkcs1: shared.pkcs1Encrypt(message, bytes) };
    return {
      "sign PSS": [
        () => own.pssSign(pss, digest(), drawn),
        () => sign("sha256", message, { key: privateKey, ...nodePss }),
      ],
      "sign PKCS #1": [
        () => own.pkcs1Sign("SHA256", digest(), drawn),
        () => sign("sha256", message, { key: privateKey, ...nodePkcs1 }),
      ],
      "decrypt OAEP": [
        () => own.oaepDecrypt(oaep, sealed.oaep, drawn),
        () => privateDecrypt({ key: privateKey, ...nodeOaep }, sealed.oaep),
      ],
      "decrypt PKCS #1": [
        () => own.pkcs1Decrypt(sealed.pkcs1, drawn),
        () => privateDecrypt({ key: privateKey, ...bare }, sealed.pkcs1),
      ],
      "verify PSS": [
        () => shared.pssVerifyMessage?.(pss, message, signed.pss),
        () => verify("sha256", message, { key: publicKey, ...nodePss }, signed.pss),
      ],
      "verify PSS of a digest": [
        () => shared.pssVerify(pss, digest(), signed.pss),
        () => verify("sha256", message, { key: publicKey, ...nodePss }, signed.pss),
      ],
      "verify PSS SHA-512": [
        () => shared.pssVerifyMessage?.(pss512, message, pss512Signature),
        () => verify("sha512", message, { key: publicKey, ...nodePss, saltLength: 64 }, pss512Signature),
      ],
      "verify PKCS #1": [
        () => shared.pkcs1Verify("SHA256", digest(), signed.pkcs1),
        () => verify("sha256", message, { key: publicKey, ...nodePkcs1 }, signed.pkcs1),
      ],
      "encrypt OAEP": [
        () => shared.oaepEncrypt(oaep, message, drawn),
        () => publicEncrypt({ key: publicKey, ...nodeOaep }, message),
      ],
      "encrypt OAEP SHA-1": [
        () => shared.oaepEncrypt(oaep1, message, drawn),
        () => publicEncrypt({ key: publicKey, ...nodeOaep, oaepHash: "sha1" }, message),
      ],
      "encrypt PKCS #1": [
        () => shared.pkcs1Encrypt(message, drawn),
        () => publicEncrypt({ key: publicKey, ...nodePkcs1 }, message),
      ],
    };
  });
  return contests.map((contest) => (contest.name.endsWith("digest") ? withoutLeast(contest) : contest));
}

function rsaGeneration(modulusLength: number): Contest[] {
  const contests = versusNode(`RSA-${modulusLength}`, { "key generation": 2 }, () => ({
    "key generation": [
      () => {
        const steps = nodeEngine.rsaGenerate(modulusLength, Uint8Array.of(1, 0, 1), bytes);
        while (steps.next().done !== true);
      },
      () => generateKeyPairSync("rsa", { modulusLength }),
    ],
  }));
  return contests.map((contest) => ({ ...contest, rounds: 20, average: "mean" }));
}

/** A batch: how it is made ready in a session, and the same one after the other by Node. */
interface Batch {
  readonly group: string;
  readonly name: string;
  readonly count: number;
  /** Bytes of a message; 32 unless it says otherwise. */
  readonly bytes?: number;
  readonly least?: Contest["least"];
  readonly ours: (session: Session, messages: readonly Uint8Array[]) => Promise<Call>;
  readonly node: () => (message: Uint8Array) => unknown;
}

const NODE_OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };

function signatures(
  group: string,
  count: number,
  pair: MechanismChoice,
  mechanism: BatchChoice,
  newKey: () => KeyObject,
): Batch {
  return {
    group,
    name: `${group} signBatch in threads`,
    count,
    least: LEAST,
    async ours(session, messages) {
      const { privateKey } = await session.generateKeyPairAsync(pair, { usage: "sign" });
      return () => session.signBatch(mechanism, privateKey, messages);
    },
    node() {
      const key = newKey();
      return (message) => sign("sha256", message, key);
    },
  };
}

const rsaPair = (modulusBits: number): MechanismChoice => ({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits });
const rsaKeys = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
const ecKey = (namedCurve: string) => (): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;

const BATCHES: readonly Batch[] = [
  signatures("RSA-2048", 200, rsaPair(2048), "SHA256_RSA_PKCS", () => rsaKeys(2048).privateKey),
  signatures("RSA-3072", 100, rsaPair(3072), "SHA256_RSA_PKCS", () => rsaKeys(3072).privateKey),
  signatures("P-256", 2000, { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, "ECDSA_SHA256", ecKey("prime256v1")),
  signatures("P-384", 200, { mechanism: "EC_KEY_PAIR_GEN", curve: "P-384" }, "ECDSA_SHA256", ecKey("secp384r1")),
  {
    group: "RSA-2048",
    name: "RSA-2048 encryptBatch OAEP in threads",
    count: 2000,
    least: LEAST,
    async ours(session, messages) {
      const { publicKey } = await session.generateKeyPairAsync(rsaPair(2048), { usage: "encrypt" });
      return () => session.encryptBatch({ mechanism: "RSA_PKCS_OAEP", hash: "SHA256" }, publicKey, messages);
    },
    node() {
      const { publicKey } = rsaKeys(2048);
      return (message) => publicEncrypt({ key: publicKey, ...NODE_OAEP }, message);
    },
  },
  // What secret keys do is done in slices with threads too: the token's call again and again, no engine's figure. The IV is a draw of the token's generator, each message's its own.
  ...[32, 4096].map(
    (length): Batch => ({
      group: `${length} B`,
      name: `AES-256-GCM encryptBatch ${length} B`,
      count: 1000,
      bytes: length,
      async ours(session, messages) {
        const key = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
        return () => session.encryptBatch("AES_GCM", key, messages);
      },
      node() {
        const key = bytes(32);
        return (message) => {
          const iv = randomBytes(12);
          const cipher = createCipheriv("aes-256-gcm", key, iv);
          return Buffer.concat([iv, cipher.update(message), cipher.final(), cipher.getAuthTag()]);
        };
      },
    }),
  ),
];

/** A batch of the token's, in threads and in slices, beside the same by Node one after the other. */
function batch({ group, name, count, bytes: length = 32, least, ours, node }: Batch): Contest {
  const messages = once(() => Array.from({ length: count }, () => bytes(length)));
  return {
    layer: "node engine",
    group,
    name,
    calls: 1,
    batch: count,
    rounds: 9,
    rivals: async (atEnd) => {
      const engine = threadedNodeEngine();
      atEnd(() => engine.close());
      const [inThreads, inSlices] = await Promise.all(
        [engine, nodeEngine].map((own) =>
          ours(createHsm({ engine: own }).openSession({ readWrite: true }), messages()),
        ),
      );
      const byNode = node();
      return {
        ours: inThreads as Call,
        [NODE]: () => messages().map(byNode),
        "in slices, without threads": inSlices as Call,
      };
    },
    ...(least && { least }),
  };
}

function symmetric(length: number, calls: number): Contest[] {
  const names = [
    "AES-256-GCM seal",
    "AES-256-GCM open",
    "AES-256-CTR",
    "AES-256-CBC",
    "HMAC-SHA-256",
    "SHA-256",
  ] as const;
  const each = Object.fromEntries(names.map((name) => [name, calls])) as Record<(typeof names)[number], number>;
  const contests = versusNode(`${length} B`, each, () => {
    const key = bytes(32);
    const iv = bytes(12);
    const block = bytes(16);
    const aad = bytes(16);
    const data = bytes(length);
    const aes = nodeEngine.aes(key);
    const mac = nodeEngine.hmac("SHA256", key);
    const sealed = aes.gcmSeal(iv, aad, data, 16);
    return {
      "AES-256-GCM seal": [
        () => aes.gcmSeal(iv, aad, data, 16),
        () => {
          const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(aad);
          return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
        },
      ],
      "AES-256-GCM open": [
        () => aes.gcmOpen(iv, aad, sealed, 16),
        () => {
          const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(aad).setAuthTag(sealed.subarray(length));
          return Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
        },
      ],
      "AES-256-CTR": [() => aes.ctr(block, data), () => createCipheriv("aes-256-ctr", key, block).update(data)],
      "AES-256-CBC": [
        () => aes.cbcEncrypt(block, data),
        () => {
          const cipher = createCipheriv("aes-256-cbc", key, block).setAutoPadding(false);
          return Buffer.concat([cipher.update(data), cipher.final()]);
        },
      ],
      "HMAC-SHA-256": [() => mac.mac(data), () => createHmac("sha256", key).update(data).digest()],
      "SHA-256": [() => nodeEngine.digest("SHA256", data), () => createHash("sha256").update(data).digest()],
    };
  });
  return contests.map((contest) => ({
    ...contest,
    name: contest.name.replace(/^(\d+ B) (.*)$/, "$2 $1"),
    bytes: length,
  }));
}

const all: readonly Contest[] = [
  ...ellipticCurve("P-256", "SHA256", 150),
  ...ellipticCurve("P-384", "SHA384", 6),
  ...ellipticCurve("P-521", "SHA512", 4),
  ...ellipticCurve("secp256k1", "SHA256", 10),
  ...ellipticCurve("P-224", "SHA224", 10),
  ...ellipticCurve("brainpoolP256r1", "SHA256", 10),
  ...edwards("Ed25519", 100),
  ...edwards("Ed448", 10),
  ...montgomery("X25519", 100),
  ...montgomery("X448", 10),
  ...rsa(2048, 10),
  ...rsa(3072, 6),
  ...rsa(4096, 3),
  ...[2048, 3072, 4096].flatMap(rsaGeneration),
  ...BATCHES.map(batch),
  ...symmetric(32, 1000),
  ...symmetric(256, 1000),
  ...symmetric(4096, 300),
  ...symmetric(65536, 30),
];

/** What `--quick` looks at. */
const QUICK = [
  "P-256 sign",
  "P-256 verify",
  "P-256 ECDH",
  "Ed25519 sign",
  "RSA-2048 sign PSS",
  "RSA-2048 verify PKCS #1",
  "AES-256-GCM seal 4096 B",
  "HMAC-SHA-256 32 B",
];
export const contests: readonly Contest[] = all.map((contest) =>
  QUICK.includes(contest.name) ? { ...contest, quick: true, margin: 3 } : contest,
);
