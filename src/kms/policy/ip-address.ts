/** IPv4 and IPv6 addresses and CIDR blocks (RFC 4632, RFC 4291), for the IpAddress condition operators. */

interface Address {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

/** An address block: all addresses whose leading bits are `prefix`. */
export interface AddressBlock {
  readonly prefix: bigint;
  /** Number of bits behind the prefix. */
  readonly free: bigint;
  readonly width: 32 | 128;
}

/** `address` or `address/length`; `undefined` when the text is neither. */
export function parseBlock(text: string): AddressBlock | undefined {
  const [addressText = "", lengthText, ...rest] = text.split("/");
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  if (lengthText === undefined) return { prefix: address.bits, free: 0n, width: address.width };
  if (!/^\d{1,3}$/.test(lengthText) || Number(lengthText) > address.width) return undefined;
  const free = BigInt(address.width - Number(lengthText));
  return { prefix: address.bits >> free, free, width: address.width };
}

/** Whether the text is an address within the block. IPv4-mapped IPv6 addresses count as IPv4. */
export function inBlock(block: AddressBlock, text: string): boolean {
  const address = parseAddress(text);
  return address?.width === block.width && address.bits >> block.free === block.prefix;
}

function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) {
    const bits = parseV4(text);
    return bits === undefined ? undefined : { bits, width: 32 };
  }
  const mapped = /^::ffff:([\d.]{7,15})$/i.exec(text)?.[1];
  if (mapped !== undefined) return parseAddress(mapped);
  const bits = parseV6(text);
  return bits === undefined ? undefined : { bits, width: 128 };
}

function parseV4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const octets = match.slice(1).map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
