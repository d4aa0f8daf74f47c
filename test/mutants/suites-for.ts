/** Which suites are to notice a change in a file; the first pattern that fits decides. */

// biome-ignore format: a table
const SUITES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\/(pure-engine|entropy|password|scrypt|feedback-modes|xts)\.ts$/, []],
  [/\/(hardened\/.*|word-pool)\.ts$/, ["aes-gcm", "aes-cbc", "aes-ctr", "aes-cmac", "aes-kw", "aes-ccm", "drbg"]],
  [/\/engine\.ts$/,               []],
  [/block-cipher\.ts$/,           ["aes-gcm", "aes-cbc", "aes-ctr", "aes-cmac", "aes-kw", "aes-ccm", "sm4"]],
  [/aes(-cipher)?\.ts$/,          ["aes-gcm", "aes-cbc", "aes-ctr", "aes-cmac", "aes-kw", "aes-ccm"]],
  [/cmac\.ts$/,                   ["aes-cmac"]],
  [/gcm\.ts$|ghash\.ts$/,         ["aes-gcm", "sm4"]],
  [/key-wrap\.ts$/,               ["aes-kw"]],
  [/block-modes\.ts$/,            ["aes-gcm", "aes-cbc", "aes-ctr", "sm4"]],
  [/ccm\.ts$/,                    ["aes-ccm", "sm4"]],
  [/drbg\.ts$/,                   ["drbg"]],
  [/25519\.ts$/,                 ["eddsa", "xdh"]],
  [/crypto\/field\/|(ecdsa|(ec|generated)-group|ec-scalars|hot-combs|rfc6979)\.ts$/, ["ecdsa", "ecdh", "openssl-ec"]],
  [/crypto\/ec(-curves)?\.ts$|node\/ec\.ts$/, ["ecdsa", "ecdh", "openssl-ec", "ec-curves"]],
  [/ed448\.ts$/,                 ["eddsa"]],
  [/hash\.ts$/,                   ["digest", "hmac"]],
  [/xof\.ts$/,                    ["digest"]],
  [/pbkdf2\.ts$/,                 ["pbkdf2"]],
  [/(sha\d+|merkle-damgard)\.ts$/, ["digest", "hmac"]],
  [/hmac(-sha256|-in-parts)?\.ts$/, ["hmac"]],
  [/kdf\.ts$/,                    ["sp800-108", "hkdf", "one-step-kdf"]],
  [/ml-kem\.ts$/,                 ["ml-kem"]],
  [/pq-signature\.ts$/,           ["ml-dsa", "slh-dsa"]],
  [/primes\.ts$/,                 ["primality"]],
  [/rsa\/generate\.ts$/,          []],
  [/rsa/,                         ["rsa-pkcs1", "rsa-pss", "rsa-oaep", "rsa-decrypt", "openssl-rsa"]],
  [/sm2/,                         ["sm2"]],
  [/sm3\.ts$/,                    ["digest", "sm2"]],
  [/sm4\.ts$/,                    ["sm4"]],
  [/x-agreement\.ts$/,            ["xdh"]],
];

export function suitesFor(file: string): readonly string[] {
  return SUITES.find(([pattern]) => pattern.test(file))?.[1] ?? [];
}
