import { createCipheriv } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CtrDrbg, type CtrDrbgOptions, childDrbg, drbgRng } from "../../src/crypto/drbg.ts";
import { EntropyError, type EntropySource, healthTested, seededEntropy } from "../../src/crypto/entropy.ts";
import { hex, readVectors, type Stanza, stanzas } from "../support/vectors.ts";

const seed = new Uint8Array(32).fill(1);
const ascii = (text: string) => new TextEncoder().encode(text);

/** A source that gives these bytes, one after another, and counts its draws. */
function listed(draws: Uint8Array[]): EntropySource & { count: () => number } {
  let count = 0;
  const source = () => {
    const next = draws[count++];
    if (next === undefined) throw new Error("no entropy left");
    return next;
  };
  return Object.assign(source, { count: () => count });
}

function seeded(options: Partial<CtrDrbgOptions> = {}): CtrDrbg {
  return new CtrDrbg({ entropy: seededEntropy(seed), ...options });
}

/** Runs one case of evprand.txt: two requests, the second of which is compared. */
function runCase(stanza: Stanza, index: number): Uint8Array {
  const field = (name: string) => {
    const text = stanza[`${name}.${index}`];
    return text === undefined ? undefined : hex(text);
  };
  const withDf = stanza.DerivationFunction === "1";
  const byteLength = Number(stanza.GenerateBits) / 8;
  const nonce = withDf ? field("Nonce") : undefined;
  const personalization = field("PersonalisationString");
  const source = listed(
    ["Entropy", "ReseedEntropy", "EntropyPredictionResistanceA", "EntropyPredictionResistanceB"].flatMap(
      (name) => field(name) ?? [],
    ),
  );
  const drbg = new CtrDrbg({
    entropy: source,
    derivationFunction: withDf,
    entropyBytes: withDf ? 32 : 48,
    ...(nonce && { nonce }),
    ...(personalization && { personalization }),
  });
  if (field("ReseedEntropy")) drbg.reseed(field("ReseedAdditionalInput"));
  const predictionResistance = stanza.PredictionResistance === "1";
  let output = new Uint8Array();
  for (const additional of [field("AdditionalInputA"), field("AdditionalInputB")]) {
    output = Uint8Array.from(drbg.generate(byteLength, { predictionResistance, ...(additional && { additional }) }));
  }
  expect(source.count()).toBe(predictionResistance ? 3 : field("ReseedEntropy") ? 2 : 1);
  return output;
}

test("CTR_DRBG AES-256 gives the output of all 1,440 CAVP cases", () => {
  const done: Record<string, number> = {};
  for (const stanza of stanzas(readVectors("ctr_drbg_aes256_evprand.txt"))) {
    for (let index = 0; stanza[`Output.${index}`] !== undefined; index++) {
      expect(runCase(stanza, index)).toEqual(hex(stanza[`Output.${index}`]));
      const reseeding =
        stanza.PredictionResistance === "1" ? "prediction resistance" : stanza[`ReseedEntropy.${index}`];
      const kind = reseeding === undefined ? "no reseed" : reseeding.length > 40 ? "reseed" : reseeding;
      const name = `${stanza.DerivationFunction === "1" ? "df" : "no df"}, ${kind}`;
      done[name] = (done[name] ?? 0) + 1;
    }
  }
  expect(done).toEqual({
    "df, no reseed": 240,
    "df, reseed": 240,
    "df, prediction resistance": 240,
    "no df, no reseed": 240,
    "no df, reseed": 240,
    "no df, prediction resistance": 240,
  });
});

/** SP 800-90A, 10.2.1 without derivation function, as its steps are written, on node:crypto. */
class Reference {
  Key = Buffer.alloc(32);
  V = Buffer.alloc(16);

  constructor(material: Uint8Array) {
    this.update(material);
  }

  block(): Buffer {
    const next = (BigInt(`0x${this.V.toString("hex")}`) + 1n) & ((1n << 128n) - 1n);
    this.V = Buffer.from(next.toString(16).padStart(32, "0"), "hex");
    return createCipheriv("aes-256-ecb", this.Key, null).setAutoPadding(false).update(this.V);
  }

  update(data: Uint8Array): void {
    const temp = Buffer.concat([this.block(), this.block(), this.block()]);
    for (let i = 0; i < 48; i++) temp[i]! ^= data[i] ?? 0;
    this.Key = temp.subarray(0, 32);
    this.V = Buffer.from(temp.subarray(32));
  }

  generate(byteLength: number, additional: Uint8Array): Uint8Array {
    if (additional.length > 0) this.update(additional);
    const output: Buffer[] = [];
    for (let i = 0; i < byteLength; i += 16) output.push(this.block());
    this.update(additional);
    return Uint8Array.from(Buffer.concat(output).subarray(0, byteLength));
  }
}

test("requests of any length and additional input agree with the steps of the standard on node:crypto", () => {
  const requests = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.uint8Array({ maxLength: 48 })), {
    maxLength: 6,
  });
  const material = fc.oneof(fc.uint8Array({ minLength: 48, maxLength: 48 }));
  fc.assert(
    fc.property(material, requests, (entropy, list) => {
      const reference = new Reference(entropy);
      const drbg = new CtrDrbg({ entropy: listed([entropy]) });
      for (const [byteLength, additional] of list) {
        expect(drbg.generate(byteLength, { additional })).toEqual(reference.generate(byteLength, additional));
      }
    }),
  );
  const [reference, drbg] = [
    new Reference(seed),
    new CtrDrbg({ entropy: listed([new Uint8Array(48).fill(1, 0, 32)]) }),
  ];
  const none = new Uint8Array();
  expect(drbg.generate(65_536)).toEqual(reference.generate(65_536, none));
  expect(drbg.generate(5)).toEqual(reference.generate(5, none));
});

describe("CTR_DRBG", () => {
  test("is the same for the same seed, and another for another seed or personalization string", () => {
    const first = seeded().generate(64);
    expect(seeded().generate(64)).toEqual(first);
    expect(seeded({ personalization: ascii("other") }).generate(64)).not.toEqual(first);
    expect(seeded({ derivationFunction: true }).generate(64)).not.toEqual(first);
    expect(new CtrDrbg({ entropy: seededEntropy(seed.map(() => 2)) }).generate(64)).not.toEqual(first);
  });

  test("refuses requests of none or more than 65,536 bytes and goes on as if they had not been made", () => {
    const drbg = seeded();
    for (const length of [0, -1, 65_537, 1.5, Number.NaN]) expect(() => drbg.generate(length)).toThrow(RangeError);
    expect(() => drbg.generate(16, { additional: new Uint8Array(49) })).toThrow(RangeError);
    expect(() => drbg.reseed(new Uint8Array(49))).toThrow(RangeError);
    expect(drbg.generate(65_536)).toEqual(seeded().generate(65_536));
  });

  test("refuses options that its standard does not have", () => {
    const refused: Partial<CtrDrbgOptions>[] = [
      { reseedInterval: 0 },
      { reseedInterval: 2 ** 48 + 1 },
      { personalization: new Uint8Array(49) },
      { nonce: new Uint8Array(16) },
      { nonce: new Uint8Array(15), derivationFunction: true },
      { entropyBytes: 32 },
      { entropyBytes: 31, derivationFunction: true },
    ];
    for (const options of refused) expect(() => seeded(options), JSON.stringify(options)).toThrow(RangeError);
  });

  test("draws entropy at instantiation, at reseed and for each request with prediction resistance, and no more", () => {
    const entropy = seededEntropy(seed);
    const lengths: number[] = [];
    const source: EntropySource = (byteLength) => {
      lengths.push(byteLength);
      return entropy(byteLength);
    };
    const drbg = new CtrDrbg({ entropy: source });
    drbg.generate(32);
    drbg.generate(32);
    expect(lengths).toEqual([48]);
    drbg.generate(32, { predictionResistance: true });
    drbg.generate(32, { predictionResistance: true });
    drbg.reseed();
    expect(lengths).toEqual([48, 48, 48, 48]);
    new CtrDrbg({ entropy: source, derivationFunction: true });
    expect(lengths.slice(4)).toEqual([48, 16]);
  });

  test("reseeds by itself when the reseed interval is reached, as a reseed asked for would", () => {
    const [entropy, other] = [seededEntropy(seed), seededEntropy(seed)];
    let draws = 0;
    const source: EntropySource = (byteLength) => {
      draws++;
      return entropy(byteLength);
    };
    const drbg = new CtrDrbg({ entropy: source, reseedInterval: 3 });
    const manual = new CtrDrbg({ entropy: other });
    const counts: number[] = [];
    for (let i = 0; i < 7; i++) {
      if (i === 3 || i === 6) manual.reseed();
      expect(drbg.generate(16)).toEqual(manual.generate(16));
      counts.push(draws);
    }
    expect(counts).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  test("takes the additional input into the reseed of a request with prediction resistance", () => {
    const additional = ascii("additional");
    const [a, b, c] = [seeded(), seeded(), seeded()];
    b.reseed(additional);
    const output = a.generate(32, { additional, predictionResistance: true });
    expect(output).toEqual(b.generate(32));
    expect(output).not.toEqual(c.generate(32, { predictionResistance: true }));
  });

  test("works on nothing after it is uninstantiated", () => {
    const drbg = seeded();
    drbg.uninstantiate();
    expect(() => drbg.generate(16)).toThrow("DRBG is not instantiated");
    expect(() => drbg.reseed()).toThrow("DRBG is not instantiated");
  });

  test("shows no state when it is inspected, spread or serialised", () => {
    const drbg = seeded();
    expect(inspect(drbg, { showHidden: true, depth: 9 })).toBe("CtrDrbg {}");
    expect(JSON.stringify({ drbg, ...drbg })).toBe('{"drbg":{}}');
  });
});

describe("CTR_DRBG over a failing source", () => {
  const random = seededEntropy(seed.map(() => 9));
  const buffers = [random(48), random(48)];

  /** Good until it is switched; the DRBG sees only what the health tests let through. */
  function switched(bad: EntropySource): { drbg: CtrDrbg; fail: () => void; recover: () => void } {
    const good = seededEntropy(seed);
    let failing = false;
    const source: EntropySource = (byteLength) => (failing ? bad(byteLength) : good(byteLength));
    return {
      drbg: new CtrDrbg({ entropy: healthTested(source) }),
      fail: () => {
        failing = true;
      },
      recover: () => {
        failing = false;
      },
    };
  }

  let turn = 0;
  test.each<[string, EntropySource]>([
    ["is stuck", (n) => new Uint8Array(n)],
    ["repeats one buffer", () => buffers[0]!],
    ["takes turns with two buffers", () => buffers[turn++ % 2]!],
    ["returns too little", (n) => random(n - 1)],
    [
      "throws",
      () => {
        throw new TypeError("no device");
      },
    ],
  ])("enters the error state for good when the source %s", (_, bad) => {
    const { drbg, fail, recover } = switched(bad);
    drbg.generate(32, { predictionResistance: true });
    fail();
    const request = () => {
      for (let i = 0; i < 4; i++) drbg.generate(32, { predictionResistance: true });
    };
    expect(request).toThrow(EntropyError);
    recover();
    expect(() => drbg.generate(32)).toThrow("DRBG is in the error state");
    expect(() => drbg.generate(32, { predictionResistance: true })).toThrow(EntropyError);
    expect(() => drbg.reseed()).toThrow(EntropyError);
  });

  test("goes on without prediction resistance as long as it needs no entropy", () => {
    const { drbg, fail } = switched((n) => new Uint8Array(n));
    fail();
    expect(drbg.generate(32)).toHaveLength(32);
    expect(() => drbg.reseed()).toThrow(EntropyError);
    expect(() => drbg.generate(32)).toThrow(EntropyError);
  });

  test("fails at the reseed interval and not before", () => {
    const drbg = new CtrDrbg({ entropy: listed([new Uint8Array(48)]), reseedInterval: 2 });
    drbg.generate(1);
    drbg.generate(1);
    expect(() => drbg.generate(1)).toThrow(EntropyError);
    expect(() => drbg.generate(1)).toThrow("DRBG is in the error state");
  });

  test("is not instantiated", () => {
    expect(() => new CtrDrbg({ entropy: healthTested((n) => new Uint8Array(n)) })).toThrow(EntropyError);
    expect(() => new CtrDrbg({ entropy: () => new Uint8Array(47) })).toThrow("returned 47, not 48 bytes");
  });
});

describe("CTR_DRBG whose source calls it", () => {
  /** Seed 1 for the instantiation; from then on each draw runs `meanwhile` when half of it is there. */
  function calledBack(kind: "call" | "fill", meanwhile: (drbg: CtrDrbg) => void): CtrDrbg {
    const noise = seededEntropy(seed);
    let drbg: CtrDrbg | undefined;
    const fill = (bytes: Uint8Array): void => {
      const drawn = noise(bytes.length);
      bytes.set(drawn.subarray(0, 24));
      if (drbg !== undefined) meanwhile(drbg);
      bytes.set(drawn.subarray(24), 24);
    };
    const source = (byteLength: number): Uint8Array => {
      const bytes = new Uint8Array(byteLength);
      fill(bytes);
      return bytes;
    };
    drbg = new CtrDrbg({ entropy: kind === "fill" ? Object.assign(source, { fill }) : source });
    return drbg;
  }

  const CALLS: [string, (drbg: CtrDrbg) => void][] = [
    ["a request", (drbg) => drbg.generate(32)],
    ["a request with prediction resistance", (drbg) => drbg.generate(32, { predictionResistance: true })],
    ["a reseed", (drbg) => drbg.reseed()],
  ];
  const KINDS = ["call", "fill"] as const;

  test.each(KINDS.flatMap((kind) => CALLS.map(([name, call]) => [kind, name, call] as const)))(
    "refuses a source with a %s %s, and is in its error state when the source lets that through",
    (kind, _, call) => {
      const drbg = calledBack(kind, call);
      expect(() => drbg.reseed()).toThrow("entropy source asked the DRBG that waits for it");
      expect(() => drbg.generate(1)).toThrow("DRBG is in the error state");
    },
  );

  test.each(KINDS.flatMap((kind) => CALLS.map(([name, call]) => [kind, name, call] as const)))(
    "takes all of a draw by %s whose source asked for %s in the middle of it and went on",
    (kind, _, call) => {
      const drbg = calledBack(kind, (own) => {
        expect(() => call(own)).toThrow(EntropyError);
      });
      const alone = seeded();
      for (let i = 0; i < 3; i++) {
        const options = { predictionResistance: true };
        expect(drbg.generate(32, options)).toEqual(alone.generate(32, options));
      }
    },
  );

  test.each(KINDS)("is ended by a source with a %s that ends it, and gives nothing out", (kind) => {
    const drbg = calledBack(kind, (own) => own.uninstantiate());
    expect(() => drbg.generate(32, { predictionResistance: true })).toThrow("DRBG is not instantiated");
    expect(() => drbg.generate(32)).toThrow("DRBG is not instantiated");
  });
});

describe("an Rng over a DRBG", () => {
  test("takes long requests apart into the largest that the standard allows", () => {
    const bytes = drbgRng(seeded())(2 * 65_536 + 10);
    const drbg = seeded();
    const parts = [65_536, 65_536, 10].map((length) => drbg.generate(length));
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  test("refuses lengths below one", () => {
    for (const length of [0, -5, Number.NaN, 65_536.5]) expect(() => drbgRng(seeded())(length)).toThrow(RangeError);
  });

  test("passes its options to each request", () => {
    const rng = drbgRng(seeded(), { predictionResistance: true });
    const drbg = seeded();
    for (let i = 0; i < 3; i++) expect(rng(24)).toEqual(drbg.generate(24, { predictionResistance: true }));
  });
});

describe("a child DRBG", () => {
  test("draws from its parent once, and then does not depend on what the parent does", () => {
    const lengths: number[] = [];
    const make = () => {
      const rng = drbgRng(seeded());
      return (byteLength: number) => {
        lengths.push(byteLength);
        return rng(byteLength);
      };
    };
    const [busy, idle] = [make(), make()];
    const [a, b] = [childDrbg(busy, ascii("RSA")), childDrbg(idle, ascii("RSA"))];
    expect(lengths).toEqual([48, 48]);
    for (let i = 0; i < 10; i++) {
      busy(100);
      expect(a.generate(128)).toEqual(b.generate(128));
    }
    expect(lengths).toHaveLength(12);
  });

  test("differs by personalization string", () => {
    const child = (text: string) => childDrbg(drbgRng(seeded()), ascii(text)).generate(32);
    expect(child("a")).not.toEqual(child("b"));
  });

  test("cannot be reseeded: prediction resistance is an error, not a promise unkept", () => {
    const child = childDrbg(drbgRng(seeded()), ascii("child"));
    expect(() => child.generate(32, { predictionResistance: true })).toThrow("child DRBG cannot be reseeded");
    expect(() => child.generate(32)).toThrow(EntropyError);
  });
});
