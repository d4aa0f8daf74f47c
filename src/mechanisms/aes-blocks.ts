import { Secret } from "../bytes/secret.ts";
import type { AesKey } from "../crypto/engine.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { blockStream, chained } from "./block-streams.ts";
import { useKeyMaterial } from "./key-material.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type CipherStream, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, type NoParams, noParams, readParams } from "./params.ts";

export interface AesCbcParams {
  readonly iv: Uint8Array;
}

const BLOCK = 16;

interface BlockMode<P> extends Pick<Mechanism<never, P>, "hazards" | "source" | "parse"> {
  readonly encrypt: (aes: AesKey, params: P, blocks: Uint8Array) => Uint8Array;
  readonly decrypt: (aes: AesKey, params: P, blocks: Uint8Array) => Uint8Array;
  /** The same for blocks that come one after the other. */
  readonly encrypting: (aes: AesKey, params: P) => (blocks: Uint8Array) => Uint8Array;
  readonly decrypting: (aes: AesKey, params: P) => (blocks: Uint8Array) => Uint8Array;
}

function requireBlocks(data: Uint8Array, ckr: CkrName): void {
  demand(data.length % BLOCK === 0, ckr, `the length is a multiple of ${BLOCK} bytes, not ${data.length}`);
}

function wholeBlocks(blocks: (blocks: Uint8Array) => Uint8Array, ckr: CkrName): CipherStream {
  return blockStream({
    blocks,
    final(rest) {
      requireBlocks(rest, ckr);
      return new Uint8Array(0);
    },
  });
}

/**
 * AES over whole blocks, and of keys that are whole blocks: the standard would fill others up with zeros
 * (PKCS #11 v3.1, 6.13), which would come back as another key.
 */
function overBlocks<N extends MechanismName, P>(name: N, mode: BlockMode<P>): Mechanism<N, P> {
  const { encrypt, decrypt, encrypting, decrypting, ...spec } = mode;
  return mechanism<N, P>({
    name,
    ...spec,
    keyTypes: ["AES"],
    keySize: { min: 16, max: 32, unit: "bytes" },
    encrypt(context, key, params, data) {
      requireBlocks(data, "DATA_LEN_RANGE");
      return encrypt(aesKeyOf(context, key), params, data);
    },
    decrypt(context, key, params, data) {
      requireBlocks(data, "ENCRYPTED_DATA_LEN_RANGE");
      return decrypt(aesKeyOf(context, key), params, data);
    },
    encryptStart: (context, key, params) => wholeBlocks(encrypting(aesKeyOf(context, key), params), "DATA_LEN_RANGE"),
    decryptStart: (context, key, params) =>
      wholeBlocks(decrypting(aesKeyOf(context, key), params), "ENCRYPTED_DATA_LEN_RANGE"),
    wrap: (context, key, params, target) =>
      useKeyMaterial(target, (material) => {
        requireBlocks(material, "KEY_SIZE_RANGE");
        return encrypt(aesKeyOf(context, key), params, material);
      }),
    unwrap(context, key, params, wrapped) {
      requireBlocks(wrapped, "WRAPPED_KEY_LEN_RANGE");
      return { value: new Secret(decrypt(aesKeyOf(context, key), params, wrapped)) };
    },
  });
}

/** CKM_AES_ECB (PKCS #11 v3.1, 6.13). */
export const aesEcb: Mechanism<"AES_ECB", NoParams> = overBlocks<"AES_ECB", NoParams>("AES_ECB", {
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.1",
  hazards: { encrypt: "single blocks", decrypt: "single blocks", wrap: "single blocks", unwrap: "single blocks" },
  parse: noParams,
  encrypt: (aes, _params, blocks) => aes.ecbEncrypt(blocks),
  decrypt: (aes, _params, blocks) => aes.ecbDecrypt(blocks),
  encrypting: (aes) => (blocks) => aes.ecbEncrypt(blocks),
  decrypting: (aes) => (blocks) => aes.ecbDecrypt(blocks),
});

/** CKM_AES_CBC (PKCS #11 v3.1, 6.13): without padding. */
export const aesCbc: Mechanism<"AES_CBC", AesCbcParams> = overBlocks<"AES_CBC", AesCbcParams>("AES_CBC", {
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.2",
  parse: (choice) => readParams<AesCbcParams>(choice, { iv: bytes(BLOCK, BLOCK) }),
  encrypt: (aes, { iv }, blocks) => aes.cbcEncrypt(iv, blocks),
  decrypt: (aes, { iv }, blocks) => aes.cbcDecrypt(iv, blocks),
  encrypting: (aes, { iv }) => chained(iv, aes.cbcEncrypt.bind(aes), "output"),
  decrypting: (aes, { iv }) => chained(iv, aes.cbcDecrypt.bind(aes), "input"),
});
