/**
 * What size costs: the same call with 10 objects or keys and with up to 100,000, or as many as the option says
 * (`npm run bench -- scale --scale 1000000`). Objects are what users make, by C_CreateObject, and so are keys, by CreateKey,
 * up to twice as many as a vault keeps unwrapped; the records of the others are made of theirs, as their material matters
 * to no call here.
 */

import { toHex } from "../src/bytes/bytes.ts";
import { Secret } from "../src/bytes/secret.ts";
import type { ObjectHandle } from "../src/cryptoki/handles.ts";
import { createHsm, type Session } from "../src/index.ts";
import { keyArn, keyIdFrom } from "../src/kms/arn.ts";
import type { KeyRecord } from "../src/kms/context.ts";
import { setChanges } from "../src/kms/key-set.ts";
import { KEYS, keyRecordId } from "../src/kms/record-ids.ts";
import { createKms, type Kms, memoryStore, type Store } from "../src/kms.ts";
import type { KeyTemplate } from "../src/objects/template.ts";
import { type Call, type Contest, type Entry, type Gauge, once, type Rivals } from "./contest.ts";

const LARGEST = Number(process.env["SCALE"] ?? 100_000);
const SIZES: readonly number[] = [10, 1000, 100_000, 1_000_000].filter((size) => size <= LARGEST);
/** Backing keys that a vault keeps unwrapped (token-vault.ts, cacheSize). */
const CACHED = 10_000;
/** Calls with the same few, which the processor's caches hold, beside those that go through all. */
const FEW = 9;
const VALUE = new Uint8Array(32).fill(7);

/** Visits a different one of `count` each time, far from the last: what lies beside it in memory is not there already. */
const wandering = (count: number): (() => number) => {
  let at = 0;
  return () => {
    at = (at + 7919) % count;
    return at;
  };
};

/** After collecting garbage. Needs `--expose-gc`. */
function heapBytes(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("memory is measured with --expose-gc");
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Of each size one, made at its first use; how long each of its parts took to make, and how much memory it takes. */
interface Filled<T> {
  readonly it: T;
  readonly bytesEach: number;
  readonly microsEach: number;
}

async function filled<T>(empty: T, size: number, fill: (it: T) => Promise<void> | void): Promise<Filled<T>> {
  const before = heapBytes();
  const start = performance.now();
  await fill(empty);
  const microsEach = (1000 * (performance.now() - start)) / size;
  return { it: empty, bytesEach: (heapBytes() - before) / size, microsEach };
}

interface Objects {
  readonly session: Session;
  readonly handles: ObjectHandle[];
}

const idOf = (i: number): Uint8Array => Uint8Array.of(i, i >>> 8, i >>> 16, i >>> 24);

/** An AES key of one of three usages. */
function createKey(session: Session, i: number, TOKEN = true): ObjectHandle {
  const usage = (["encrypt", "sign", "derive"] as const)[i % 3];
  const own = { LABEL: `object ${i}`, ID: idOf(i), ...(usage && { usage }) };
  return session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, TOKEN, ...own });
}

const tokens = SIZES.map((size) => ({
  size,
  made: once(() => {
    const session = createHsm().openSession({ readWrite: true });
    // What a token has of its own and once (rule tables, profiles) is not an object's.
    for (let i = 0; i < 3; i++) session.destroyObject(createKey(session, i));
    return filled<Objects>({ session, handles: [] }, size, ({ session, handles }) => {
      for (let i = 0; i < size; i++) handles.push(createKey(session, i));
    });
  }),
}));

class Command {
  readonly input: object;
  constructor(input: object = {}) {
    this.input = input;
  }
}
class CreateAliasCommand extends Command {}
class CreateKeyCommand extends Command {}
class DescribeKeyCommand extends Command {}
class DisableKeyCommand extends Command {}
class EncryptCommand extends Command {}
class ListKeysCommand extends Command {}
class ListAliasesCommand extends Command {}

interface Keys {
  readonly kms: Kms;
  readonly store: Store;
  readonly ids: string[];
}

const emptyKeys = (): Keys => {
  const store = memoryStore();
  return { kms: createKms({ store }), store, ids: [] };
};

async function createKeys({ kms, ids }: Pick<Keys, "kms" | "ids">, count: number): Promise<void> {
  const client = kms.client();
  for (let i = 0; i < count; i++) {
    const { KeyMetadata } = (await client.send(new CreateKeyCommand() as never)) as { KeyMetadata: { KeyId: string } };
    ids.push(KeyMetadata.KeyId);
  }
}

/** Random bytes, which need not be good ones. */
const random = (byteLength: number): Uint8Array => crypto.getRandomValues(new Uint8Array(byteLength));

/** Records like that of the last key, in commits of a thousand. */
async function copyKeys({ kms: { account }, store, ids }: Keys, count: number): Promise<void> {
  const place = { account, region: "us-east-1" };
  const stored = await store.get<KeyRecord>(KEYS, keyRecordId(place, ids.at(-1) as string));
  const [material] = stored?.value.materials ?? [];
  if (stored === undefined || material === undefined) throw new Error("a key with material expected");
  for (let left = count; left > 0; left -= 1000) {
    const keys = Array.from({ length: Math.min(left, 1000) }, (): KeyRecord => {
      const keyId = keyIdFrom(random(16), false);
      ids.push(keyId);
      const materials = [{ ...material, keyId, id: toHex(random(32)) }];
      return { ...stored.value, keyId, arn: keyArn(place, keyId), materials };
    });
    await store.commit((await Promise.all(keys.map((key) => setChanges(store, [], [key])))).flat());
  }
}

const services = SIZES.map((size) => ({
  size,
  made: once(() =>
    filled<Keys>(emptyKeys(), size, async (keys) => {
      const created = Math.min(size, 2 * CACHED);
      await createKeys(keys, created);
      await copyKeys(keys, size - created);
    }),
  ),
}));

const named = (size: number, what: string): string => `${size.toLocaleString("en")} ${what}`;

interface OfSize<T> {
  readonly size: number;
  readonly made: () => Promise<Filled<T>>;
}

/** Ours is the largest. */
async function bySize<T>(
  all: readonly OfSize<T>[],
  what: string,
  callOf: (it: T, size: number) => Promise<Call> | Call,
): Promise<Rivals> {
  const rivals: [string, Call][] = [];
  for (const { size, made } of all.toReversed())
    rivals.push([named(size, what), await callOf((await made()).it, size)]);
  return Object.fromEntries(rivals);
}

/** @param over what the largest may take more than ten, in microseconds */
const ofObjects = (
  name: string,
  callOf: (objects: Objects, size: number) => Call,
  over?: number,
  calls = 500,
): Contest => ({
  ...{ layer: "scale", group: "Objects of a token", name, plot: "sizes", calls },
  rivals: () => bySize(tokens, "objects", callOf),
  ...(over !== undefined && SIZES.length > 1 && { over: { [named(10, "objects")]: over } }),
});

const ofKeys = (name: string, callOf: (keys: Keys, size: number) => Promise<Call> | Call, calls = 200): Contest => ({
  ...{ layer: "scale", group: "Keys of a KMS", name, plot: "sizes", calls },
  rivals: () => bySize(services, "keys", callOf),
});

const find = (template: (i: number) => KeyTemplate, of?: number): ((objects: Objects, size: number) => Call) => {
  return ({ session }, size) => {
    const next = wandering(of ?? size);
    return () => session.findObjects(template(next()), { limit: 10 });
  };
};

const asks = (command: (keyId: string) => Command): ((keys: Keys, size: number) => Call) => {
  return ({ kms, ids }, size) => {
    const next = wandering(size);
    const client = kms.client();
    return () => client.send(command(ids[next()] as string) as never);
  };
};

const attribute = (of?: number): ((objects: Objects, size: number) => Call) => {
  return ({ session, handles }, size) => {
    const next = wandering(of ?? size);
    return () => session.getAttributes(handles[next()] as ObjectHandle, ["LABEL"]);
  };
};

/** An object made and destroyed again. */
const replaced = (TOKEN: boolean): ((objects: Objects, size: number) => Call) => {
  return ({ session }, size) => {
    let i = size;
    return () => session.destroyObject(createKey(session, ++i, TOKEN));
  };
};

const largest = <T>(all: readonly OfSize<T>[]): OfSize<T> => all[all.length - 1] as OfSize<T>;
const gauge = (group: string, unit: string, name: string, measure: Gauge["measure"], atMost?: number): Gauge => ({
  ...{ layer: "scale", group, name, unit, measure },
  ...(atMost !== undefined && { atMost }),
});
const sizeOf = <T>(all: readonly OfSize<T>[], what: string): string => named(largest(all).size, what);

/** What 32 bytes in a Secret take. */
async function keyBytes(): Promise<number> {
  const keys: Secret[] = [];
  const { bytesEach } = await filled(keys, 100_000, () => {
    for (let i = 0; i < 100_000; i++) keys.push(new Secret(Uint8Array.from(VALUE)));
  });
  return bytesEach - 8;
}

/** Microseconds of single calls. */
function micros(call: Call): number[] {
  return Array.from({ length: 500 }, () => {
    const start = performance.now();
    call();
    return 1000 * (performance.now() - start);
  });
}

const all: readonly Entry[] = [
  {
    ...ofObjects(
      "Find by label",
      find((i) => ({ LABEL: `object ${i}` })),
      1,
    ),
    headline: named(10, "objects"),
  },
  ofObjects(
    "Find by class and id",
    find((i) => ({ CLASS: "SECRET_KEY", ID: idOf(i) })),
    1,
  ),
  ofObjects(
    "Find by label, nine of all",
    find((i) => ({ LABEL: `object ${i}` }), FEW),
    1,
  ),
  ofObjects(
    "Find by class and id, nine of all",
    find((i) => ({ CLASS: "SECRET_KEY", ID: idOf(i) }), FEW),
    1,
  ),
  ofObjects(
    "Find a label that there is not",
    find((i) => ({ LABEL: `nothing ${i}` })),
    1,
  ),
  ofObjects(
    "First ten of a third of all",
    find(() => ({ CLASS: "SECRET_KEY", ENCRYPT: true })),
    1,
  ),
  ofObjects("Attribute by handle", attribute()),
  ofObjects("Attribute by handle, nine of all", attribute(FEW)),
  ofObjects("Make and destroy a token object", replaced(true), undefined, 50),
  ofObjects("Make and destroy a session object", replaced(false), undefined, 50),
  gauge(
    "Objects: time",
    "µs",
    `First ten of a third of ${sizeOf(tokens, "objects")}`,
    async () => {
      const { it } = await largest(tokens).made();
      const call = find(() => ({ CLASS: "SECRET_KEY", ENCRYPT: true }))(it, 1);
      micros(call);
      return micros(call);
    },
    10,
  ),
  gauge(
    "Objects: memory",
    "bytes",
    `An object beside its key, of ${sizeOf(tokens, "objects")}`,
    async () => [(await largest(tokens).made()).bytesEach - 8 - (await keyBytes())],
    600,
  ),
  gauge("Objects: time", "µs", `C_CreateObject, of ${sizeOf(tokens, "objects")}`, async () => [
    (await largest(tokens).made()).microsEach,
  ]),
  ofKeys(
    "DescribeKey",
    asks((KeyId) => new DescribeKeyCommand({ KeyId })),
  ),
  ofKeys("DescribeKey, nine of all", (keys) => asks((KeyId) => new DescribeKeyCommand({ KeyId }))(keys, FEW)),
  ofKeys("Encrypt 32 B, nine keys of all", (keys) =>
    asks((KeyId) => new EncryptCommand({ KeyId, Plaintext: VALUE }))(keys, FEW),
  ),
  // Of ten keys, too, there are more than the page has, and the answer a marker.
  ofKeys(
    "ListKeys, five",
    asks(() => new ListKeysCommand({ Limit: 5 })),
  ),
  ofKeys("ListAliases of a key that has three", async (keys) => {
    const { kms, ids } = keys;
    const [KeyId] = ids;
    const names = ["one", "two", "three"].map((name) => `alias/${KeyId}/${name}`);
    for (const AliasName of names)
      await kms.client().send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }) as never);
    return asks(() => new ListAliasesCommand({ KeyId }))(keys, 1);
  }),
  {
    ...{ layer: "scale", group: "A miss of the cache", name: "Encrypt 32 B with an exported key token", calls: 200 },
    rivals: async (): Promise<Rivals> => {
      const { it } = await largest(services).made();
      const encrypt = asks((KeyId) => new EncryptCommand({ KeyId, Plaintext: VALUE }));
      const miss =
        LARGEST > CACHED ? encrypt(it, Math.min(LARGEST, 2 * CACHED)) : { absent: `it takes more than ${CACHED} keys` };
      return { unwrapped: encrypt(it, FEW), "to be unwrapped": miss };
    },
  },
  gauge("Keys: time", "µs", `CreateKey beside ${sizeOf(services, "keys")}`, async () => {
    const { kms } = (await largest(services).made()).it;
    const { microsEach } = await filled(undefined, 1000, () => createKeys({ kms, ids: [] }, 1000));
    return [microsEach];
  }),
  gauge("Keys: memory", "bytes", `A key, of ${sizeOf(services, "keys")}`, async () => [
    (await largest(services).made()).bytesEach,
  ]),
  gauge("Keys: a snapshot", "µs", `snapshot(), of ${sizeOf(services, "keys")}`, async () => {
    const { kms } = (await largest(services).made()).it;
    return micros(() => kms.snapshot()).slice(-50);
  }),
  gauge("Keys: a snapshot", "µs", `The first change after it, of ${sizeOf(services, "keys")}`, async () => {
    const { kms, ids } = (await largest(services).made()).it;
    const taken: number[] = [];
    for (let i = 0; i < 9; i++) {
      kms.snapshot();
      const start = performance.now();
      await kms.client().send(new DisableKeyCommand({ KeyId: ids[i] }) as never);
      taken.push(1000 * (performance.now() - start));
    }
    return taken;
  }),
];

/** What `--quick` looks at, with {@link SIZES} up to 1,000. */
const QUICK = ["Find by label", "First ten of a third of all"];
export const contests: readonly Entry[] = all.map((entry) =>
  QUICK.includes(entry.name) ? { ...entry, quick: true, margin: 3 } : entry,
);
