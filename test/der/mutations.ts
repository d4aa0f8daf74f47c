/** Ways to spoil a DER encoding: byte by byte, and by the rules of BER that DER takes away (X.690, 10 and 11). */

export interface Mutant {
  readonly how: string;
  readonly der: Uint8Array;
}

interface Node {
  readonly tag: number;
  /** Contents before the children: the unused-bits byte of a BIT STRING that has children. */
  readonly lead: number[];
  readonly contents: number[];
  readonly children: Node[];
}

/** Every other value of each of the first 40 bytes, where most of the structure is; every flip of a bit after them. */
export function* byteChanges(der: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < der.length; i++) {
    for (let change = 1; change < 256; change = i < 40 ? change + 1 : change * 2) yield changed(der, i, change);
  }
}

function changed(der: Uint8Array, index: number, change: number): Uint8Array {
  const copy = Uint8Array.from(der);
  copy[index] ^= change;
  return copy;
}

/** Every proper prefix, every input with one byte cut out, and inputs with bytes after the end. */
export function* lengthChanges(der: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < der.length; length++) {
    yield der.slice(0, length);
    yield Uint8Array.of(...der.subarray(0, length), ...der.subarray(length + 1));
  }
  for (const tail of [[0], [0, 0], [5, 0], [255], [...der]]) yield Uint8Array.of(...der, ...tail);
}

/**
 * For every value at any depth, also inside OCTET STRING and BIT STRING: other BER encodings of the same value, and
 * small changes of the structure. The lengths around the change are made to fit, so nothing else is wrong.
 */
export function* structureChanges(der: Uint8Array): Generator<Mutant> {
  const root = readNode([...der], 0).node;
  for (const node of walk(root)) {
    for (const [how, spoiled] of spoil(node)) {
      const mutant = Uint8Array.from(write(root, node, spoiled));
      if (Buffer.compare(mutant, der) !== 0) yield { how: `tag ${node.tag.toString(16)}: ${how}`, der: mutant };
    }
  }
}

function* spoil(node: Node): Generator<[string, number[]]> {
  const { tag } = node;
  const contents = node.children.length > 0 ? [...node.lead, ...node.children.flatMap((c) => write(c))] : node.contents;
  const n = contents.length;
  const big = [n >> 8, n & 0xff];
  if (n < 0x80) yield ["long-form length of one byte", [tag, 0x81, n, ...contents]];
  if (n < 0x100) yield ["length with one leading zero", [tag, 0x82, ...big, ...contents]];
  yield ["length with leading zeros", [tag, 0x84, 0, 0, ...big, ...contents]];
  yield ["length of eight bytes", [tag, 0x88, 0, 0, 0, 0, 0, 0, ...big, ...contents]];
  yield ["indefinite length", [tag, 0x80, ...contents, 0, 0]];
  yield ["constructed, indefinite length", [tag | 0x20, 0x80, ...contents, 0, 0]];
  yield ["constructed of itself", wrap(tag | 0x20, wrap(tag, contents))];
  yield [
    "constructed of two parts",
    wrap(tag | 0x20, [...wrap(tag, contents.slice(0, 1)), ...wrap(tag, contents.slice(1))]),
  ];
  yield ["the other of primitive and constructed", wrap(tag ^ 0x20, contents)];
  yield ["long-form tag", [(tag & 0xe0) | 0x1f, tag & 0x1f, ...wrap(tag, contents).slice(1)]];
  if (node.children.length > 0) {
    yield ["zero byte appended inside", wrap(tag, [...contents, 0])];
    yield ["NULL appended inside", wrap(tag, [...contents, 5, 0])];
    yield ["context-specific value appended inside", wrap(tag, [...contents, 0xa0, 2, 5, 0])];
    yield ["first value left out", wrap(tag, [...node.lead, ...node.children.slice(1).flatMap((c) => write(c))])];
    yield ["values turned round", wrap(tag, [...node.lead, ...node.children.toReversed().flatMap((c) => write(c))])];
  }
  yield ["empty", wrap(tag, [])];
  yield ["left out", []];
  yield ["given twice", [...wrap(tag, contents), ...wrap(tag, contents)]];
  yield ["a zero byte after it", [...wrap(tag, contents), 0]];
  yield ["end-of-contents after it", [...wrap(tag, contents), 0, 0]];
  yield ["NULL after it", [...wrap(tag, contents), 5, 0]];
  yield ["NULL in its place", [5, 0]];
  yield ["BOOLEAN in its place", [1, 1, 0x01]];
  yield ["SET in its place", wrap(0x31, contents)];
  if (tag === 0x02) {
    yield ["INTEGER with a needless zero", wrap(tag, [0, ...contents])];
    yield ["INTEGER with a needless ff", wrap(tag, [255, ...contents])];
    yield ["negative INTEGER", wrap(tag, [0x80 | contents[0], ...contents.slice(1)])];
    yield ["ENUMERATED in its place", wrap(0x0a, contents)];
    if (contents[0] === 0) yield ["INTEGER without its sign byte", wrap(tag, contents.slice(1))];
  }
  if (tag === 0x03) {
    for (let unused = 1; unused < 9; unused++)
      yield [`${unused} unused bits`, wrap(tag, [unused, ...contents.slice(1)])];
  }
  if (tag === 0x05) yield ["NULL with contents", wrap(tag, [0])];
  if (tag === 0x06) {
    yield ["arc with a needless 80", wrap(tag, [contents[0], 0x80, ...contents.slice(1)])];
    yield ["first arc with a needless 80", wrap(tag, [0x80, ...contents])];
    yield ["RELATIVE-OID in its place", wrap(0x0d, contents)];
  }
}

function wrap(tag: number, contents: number[]): number[] {
  const n = contents.length;
  if (n < 0x80) return [tag, n, ...contents];
  return n < 0x100 ? [tag, 0x81, n, ...contents] : [tag, 0x82, n >> 8, n & 0xff, ...contents];
}

/** The node's encoding, with `target` replaced. */
function write(node: Node, target?: Node, spoiled: number[] = []): number[] {
  if (node === target) return spoiled;
  if (node.children.length === 0) return wrap(node.tag, node.contents);
  return wrap(node.tag, [...node.lead, ...node.children.flatMap((child) => write(child, target, spoiled))]);
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** A plain reader of DER that is known to be good; short enough to be checked by eye. */
function readNode(der: number[], at: number): { node: Node; end: number } {
  const tag = der[at];
  const first = der[at + 1];
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.slice(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = start + length;
  if (!(end <= der.length)) throw new Error("not a value");
  const contents = der.slice(start, end);
  const lead = tag === 0x03 ? contents.slice(0, 1) : [];
  const holds = tag === 0x30 || tag >= 0xa0 || ([0x03, 0x04].includes(tag) && holdsValue(contents.slice(lead.length)));
  return { node: { tag, lead, contents, children: holds ? readAll(contents.slice(lead.length)) : [] }, end };
}

function readAll(contents: number[]): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < contents.length; ) {
    const { node, end } = readNode(contents, at);
    nodes.push(node);
    at = end;
  }
  return nodes;
}

/** A SEQUENCE, or the seed of an Ed25519 key, and nothing after it. */
function holdsValue(contents: number[]): boolean {
  const seed = contents[0] === 0x04 && contents[1] === 32 && contents.length === 34;
  if (contents[0] !== 0x30 && !seed) return false;
  try {
    return readNode(contents, 0).end === contents.length;
  } catch {
    return false;
  }
}
