import type { AesKey, Sm4Key } from "../crypto/engine.ts";
import type { KeyType } from "../cryptoki/constants.ts";
import type { TokenObject } from "../objects/object.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { sm4KeyOf } from "./keys/sm4.ts";
import type { Context, Mechanism } from "./mechanism.ts";

/** The modes that every block cipher of this token has. */
export type CipherKey = AesKey | Sm4Key;

/** What the mechanisms of one mode differ in. */
export interface BlockCipher {
  readonly keyType: KeyType;
  readonly keySize: NonNullable<Mechanism["keySize"]>;
  readonly keyOf: (context: Context, key: TokenObject) => CipherKey;
}

export const aesCipher: BlockCipher = {
  keyType: "AES",
  keySize: { min: 16, max: 32, unit: "bytes" },
  keyOf: aesKeyOf,
};

export const sm4Cipher: BlockCipher = {
  keyType: "SM4",
  keySize: { min: 16, max: 16, unit: "bytes" },
  keyOf: sm4KeyOf,
};
