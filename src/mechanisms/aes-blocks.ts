import { Secret } from "../bytes/secret.ts";
import type { AesKey } from "../crypto/engine.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { BLOCK, type Blocks, cbcDecryptor, cbcEncryptor, inBlocks } from "./block-streams.ts";
import { useKeyMaterial } from "./key-material.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, type NoParams, noParams, paramReader } from "./params.ts";

export interface AesCbcParams {
  readonly iv: Uint8Array;
}

interface BlockMode<P> extends Pick<Mechanism<never, P>, "hazards" | "source" | "parse"> {
  readonly encryptor: (aes: AesKey, params: P) => Blocks;
  readonly decryptor: (aes: AesKey, params: P) => Blocks;
}

function requireBlocks(data: Uint8Array, ckr: CkrName): void {
  demand(data.length % BLOCK === 0, ckr, `the length is a multiple of ${BLOCK} bytes, not ${data.length}`);
}

/** The end of what came in parts: nothing may be left of it. */
function nothingLeft(ckr: CkrName): (rest: Uint8Array) => Uint8Array {
  return (rest) => {
    demand(rest.length === 0, ckr, `the parts end ${rest.length} bytes into a block of ${BLOCK}`);
    return new Uint8Array(0);
  };
}

function run(blocks: Blocks, data: Uint8Array): Uint8Array {
  return data.length === 0 ? new Uint8Array(0) : blocks(data);
}

/**
 * AES over whole blocks, and of keys that are whole blocks: the standard would fill others up with zeros
 * (PKCS #11 v3.1, 6.13), which would come back as another key.
 */
function overBlocks<N extends MechanismName, P>(name: N, mode: BlockMode<P>): Mechanism<N, P> {
  const { encryptor, decryptor, ...spec } = mode;
  return mechanism<N, P>({
    name,
    ...spec,
    keyTypes: ["AES"],
    keySize: { min: 16, max: 32, unit: "bytes" },
    encrypt(context, key, params, data) {
      requireBlocks(data, "DATA_LEN_RANGE");
      return run(encryptor(aesKeyOf(context, key), params), data);
    },
    decrypt(context, key, params, data) {
      requireBlocks(data, "ENCRYPTED_DATA_LEN_RANGE");
      return run(decryptor(aesKeyOf(context, key), params), data);
    },
    encryptStart: (context, key, params) =>
      inBlocks(encryptor(aesKeyOf(context, key), params), nothingLeft("DATA_LEN_RANGE")),
    decryptStart: (context, key, params) =>
      inBlocks(decryptor(aesKeyOf(context, key), params), nothingLeft("ENCRYPTED_DATA_LEN_RANGE")),
    wrap: (context, key, params, target) =>
      useKeyMaterial(target, (material) => {
        requireBlocks(material, "KEY_SIZE_RANGE");
        return run(encryptor(aesKeyOf(context, key), params), material);
      }),
    unwrap(context, key, params, wrapped) {
      requireBlocks(wrapped, "WRAPPED_KEY_LEN_RANGE");
      return { value: new Secret(run(decryptor(aesKeyOf(context, key), params), wrapped)) };
    },
  });
}

/** CKM_AES_ECB (PKCS #11 v3.1, 6.13). */
export const aesEcb: Mechanism<"AES_ECB", NoParams> = overBlocks<"AES_ECB", NoParams>("AES_ECB", {
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.1",
  hazards: { encrypt: "single blocks", decrypt: "single blocks", wrap: "single blocks", unwrap: "single blocks" },
  parse: noParams,
  encryptor: (aes) => (blocks) => aes.ecbEncrypt(blocks),
  decryptor: (aes) => (blocks) => aes.ecbDecrypt(blocks),
});

/** CKM_AES_CBC (PKCS #11 v3.1, 6.13): without padding. */
export const aesCbc: Mechanism<"AES_CBC", AesCbcParams> = overBlocks<"AES_CBC", AesCbcParams>("AES_CBC", {
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.2",
  parse: paramReader<AesCbcParams>({ iv: bytes(BLOCK, BLOCK) }),
  encryptor: (aes, { iv }) => cbcEncryptor(aes, iv),
  decryptor: (aes, { iv }) => cbcDecryptor(aes, iv),
});
