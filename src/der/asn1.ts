/**
 * Values in and out of asn1js, which reads BER.
 *
 * What makes it strict is that nothing parsed is trusted: a decoder takes typed values out, builds the DER encoding
 * (X.690, 10 and 11) again from these alone, and refuses unless that is the input, byte for byte.
 */

import {
  type BaseBlock,
  BitString,
  Constructed,
  fromBER,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  PrintableString,
  Sequence,
} from "asn1js";
import { equalBytes, wipe } from "../bytes/bytes.ts";
import { DerError, demand } from "./der-error.ts";

export type Block = BaseBlock;

/** Above every key's encoding (PKCS #8 of RSA 8192 has 4.7 kB), below what would keep the parser busy. */
const MAX_BYTES = 5120;
const LIMITS = { maxDepth: 16, maxNodes: 64, maxContentLength: MAX_BYTES, parseEmbedded: false, copyInput: false };
const CONTEXT_SPECIFIC = 3;

/** @throws DerError when the bytes are not one BER value and nothing more. `what` names the structure. */
export function parse(der: Uint8Array, what: string): Block {
  demand(der.length <= MAX_BYTES, `${what} is longer than ${MAX_BYTES} bytes`);
  let parsed: ReturnType<typeof fromBER>;
  try {
    parsed = fromBER(der, LIMITS);
  } catch {
    throw new DerError(`${what} is not ASN.1`);
  }
  demand(parsed.offset !== -1, `${what} is not ASN.1`);
  demand(parsed.offset === der.length, `${what} is followed by trailing bytes`);
  return parsed.result;
}

export function encode(block: Block): Uint8Array {
  return new Uint8Array(block.toBER());
}

/**
 * The rule of this folder: the input is what its own values encode to. The rebuilt bytes are wiped.
 * @throws DerError when it is not.
 */
export function requireRebuilt(der: Uint8Array, rebuilt: Uint8Array, what: string): void {
  const same = equalBytes(der, rebuilt);
  wipe(rebuilt);
  demand(same, `${what} is not DER: it differs from the one canonical encoding of its values`);
}

export function sequence(...value: Block[]): Block {
  return new Sequence({ value });
}

/** A context-specific constructed value: `[tagNumber] EXPLICIT`. */
export function explicit(tagNumber: number, inner: Block): Block {
  return new Constructed({ idBlock: { tagClass: CONTEXT_SPECIFIC, tagNumber }, value: [inner] });
}

/** INTEGER from an unsigned big-endian byte string; leading zeros are dropped. */
export function unsigned(bytes: Uint8Array): Block {
  const first = bytes.findIndex((byte) => byte !== 0);
  demand(first !== -1, "an INTEGER that must be positive is zero or empty");
  const magnitude = bytes.subarray(first);
  const contents = new Uint8Array(magnitude.length + ((magnitude[0] as number) >> 7));
  contents.set(magnitude, contents.length - magnitude.length);
  return new Integer({ valueHex: contents });
}

/** A version number: an INTEGER of one byte. */
export function version(value: number): Block {
  return new Integer({ valueHex: Uint8Array.of(value) });
}

export function objectId(oid: string): Block {
  return new ObjectIdentifier({ value: oid });
}

export function nothing(): Block {
  return new Null();
}

export function octets(bytes: Uint8Array): Block {
  return new OctetString({ valueHex: bytes });
}

/** `[tagNumber] IMPLICIT OCTET STRING` */
export function implicitOctets(tagNumber: number, bytes: Uint8Array): Block {
  return new Primitive({ idBlock: { tagClass: CONTEXT_SPECIFIC, tagNumber }, valueHex: bytes });
}

/** BIT STRING of whole bytes. */
export function bits(bytes: Uint8Array): Block {
  return new BitString({ valueHex: bytes });
}

/** @throws DerError unless the block is a SEQUENCE of `least` to `most` values. */
export function readSequence(block: Block | undefined, what: string, least: number, most: number = least): Block[] {
  demand(block instanceof Sequence, `${what} must be a SEQUENCE`);
  const fields = block.valueBlock.value;
  demand(
    fields.length >= least && fields.length <= most,
    `${what} has ${fields.length} fields where ${least === most ? least : `${least} to ${most}`} are allowed`,
  );
  return fields;
}

/** The value inside `[tagNumber] EXPLICIT`, or `undefined` when the block has another tag. */
export function readExplicit(block: Block | undefined, tagNumber: number): Block | undefined {
  if (!(block instanceof Constructed) || block.valueBlock.value.length !== 1) return undefined;
  if (block.idBlock.tagClass !== CONTEXT_SPECIFIC || block.idBlock.tagNumber !== tagNumber) return undefined;
  return block.valueBlock.value[0];
}

/** @throws DerError unless the block is a positive INTEGER: its big-endian bytes without the sign byte, a copy. */
export function readUnsigned(block: Block | undefined, what: string): Uint8Array {
  demand(block instanceof Integer, `${what} must be an INTEGER`);
  const contents = block.valueBlock.valueHexView;
  const first = contents[0];
  demand(first !== undefined, `${what} is an INTEGER without contents`);
  demand(first < 0x80, `${what} is negative`);
  demand(first !== 0 || contents.length > 1, `${what} is zero`);
  return contents.slice(first === 0 ? 1 : 0);
}

/** @throws DerError unless the block is the INTEGER `value`, 0 to 127. */
export function readVersion(block: Block | undefined, what: string, value: number): void {
  demand(block instanceof Integer, `${what} must be an INTEGER`);
  const contents = block.valueBlock.valueHexView;
  demand(contents.length === 1 && contents[0] === value, `${what} must be ${value}`);
}

/** @throws DerError unless the block is an OBJECT IDENTIFIER. */
export function readObjectId(block: Block | undefined, what: string): string {
  demand(block instanceof ObjectIdentifier, `${what} must be an OBJECT IDENTIFIER`);
  return block.getValue();
}

/** @throws DerError unless the block is an OCTET STRING: its contents, a copy. */
export function readOctets(block: Block | undefined, what: string): Uint8Array {
  demand(block instanceof OctetString, `${what} must be an OCTET STRING`);
  return block.valueBlock.valueHexView.slice();
}

/** @throws DerError unless the block is a BIT STRING of whole bytes: its contents, a copy. */
export function readBits(block: Block | undefined, what: string): Uint8Array {
  demand(block instanceof BitString, `${what} must be a BIT STRING`);
  demand(block.valueBlock.unusedBits === 0, `${what} has unused bits`);
  return block.valueBlock.valueHexView.slice();
}

export function isNull(block: Block | undefined): boolean {
  return block instanceof Null;
}

export function isObjectId(block: Block | undefined): boolean {
  return block instanceof ObjectIdentifier;
}

/** The text of a PrintableString, or `undefined` when the block is something else. */
export function readPrintable(block: Block): string | undefined {
  return block instanceof PrintableString ? block.getValue() : undefined;
}

export function printable(text: string): Block {
  return new PrintableString({ value: text });
}
