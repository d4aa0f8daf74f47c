import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EntropyError, type EntropySource, healthTested, seededEntropy } from "../../src/crypto/entropy.ts";
import { seededRng } from "../support/seeded-rng.ts";

const good: EntropySource = seededRng("a good source");

/** A source that is good for `draws` draws, the start-up one among them, and then turns into another. */
function turningInto(bad: EntropySource, draws = 1): EntropySource {
  let left = draws;
  return (byteLength) => (left-- > 0 ? good(byteLength) : bad(byteLength));
}

/** Draws 48 bytes at a time until the source fails; how often it did not. */
function drawsUntilFailure(source: EntropySource, most: number): number {
  for (let i = 0; i < most; i++) {
    try {
      source(48);
    } catch (error) {
      expect(error).toBeInstanceOf(EntropyError);
      return i;
    }
  }
  return most;
}

describe("seeded entropy", () => {
  const seeds = fc.uint8Array({ minLength: 16, maxLength: 64 });
  const draws = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 });

  test("is the same for the same seed and the same draws", () => {
    fc.assert(
      fc.property(seeds, draws, (seed, lengths) => {
        const [a, b] = [seededEntropy(seed), seededEntropy(Uint8Array.from(seed))];
        seed.fill(0);
        for (const length of lengths) {
          const bytes = a(length);
          expect(bytes).toHaveLength(length);
          expect(b(length)).toEqual(bytes);
        }
      }),
    );
  });

  test("never gives the same draw twice, nor the draw of another seed", () => {
    const seen = new Set<string>();
    const seed = new Uint8Array(16).fill(1);
    const longer = new Uint8Array(17).fill(1, 0, 16);
    const other = new Uint8Array(16).fill(2);
    for (const source of [seed, longer, other].map(seededEntropy)) {
      for (let i = 0; i < 300; i++) seen.add(source(16).join());
    }
    expect(seen.size).toBe(900);
  });

  test("passes the health tests", () => {
    expect(drawsUntilFailure(healthTested(seededEntropy(new Uint8Array(32))), 2000)).toBe(2000);
  });

  test("takes seeds of 16 to 64 bytes", () => {
    for (const length of [0, 15, 65]) expect(() => seededEntropy(new Uint8Array(length))).toThrow(RangeError);
    for (const length of [16, 64]) expect(seededEntropy(new Uint8Array(length))(8)).toHaveLength(8);
  });

  test("gives the bytes it has always given", () => {
    const source = seededEntropy(Uint8Array.from({ length: 32 }, (_, i) => i));
    expect(Buffer.from(source(20)).toString("hex")).toBe("c2e1ffba0f8e6c9dd182fc0efccc45d1288ddfd4");
    expect(Buffer.from(source(20)).toString("hex")).toBe("6dd9c8315cb3c617587bb59df720cf29e23ddab1");
  });
});

describe("health tests", () => {
  test("let a good source pass, and hand out copies", () => {
    const drawn: Uint8Array[] = [];
    const source = healthTested((byteLength) => {
      const bytes = good(byteLength);
      drawn.push(bytes);
      return bytes;
    });
    const bytes = source(48);
    expect(bytes).toEqual(drawn[1]);
    drawn[1]?.fill(0);
    expect(bytes.some((byte) => byte !== 0)).toBe(true);
    expect(drawsUntilFailure(source, 20_000)).toBe(20_000);
  });

  const fixed = [good(48), good(48), good(48)];
  const turn = (n: number): EntropySource => {
    let i = 0;
    return () => fixed[i++ % n]!;
  };
  test.each<[string, EntropySource, number]>([
    ["is stuck at zero", (n) => new Uint8Array(n), 0],
    ["is stuck at another byte", (n) => new Uint8Array(n).fill(0xa5), 0],
    ["returns one buffer again and again", turn(1), 1],
    ["takes turns with two buffers", turn(2), 2],
    ["takes turns with three buffers", turn(3), 3],
    ["repeats a block inside one draw", (n) => Uint8Array.from({ length: n }, (_, i) => (i % 16) * 7), 0],
    ["has four values a byte", (n) => good(n).map((byte) => byte & 3), 8],
    ["gives one value every fourth byte", (n) => good(n).map((byte, i) => (i % 4 === 0 ? 9 : byte)), 30],
    ["returns too little", (n) => good(n - 1), 0],
    ["returns too much", (n) => good(n + 1), 0],
    ["returns nothing", () => new Uint8Array(), 0],
    ["returns a promise", (async (n: number) => good(n)) as unknown as EntropySource, 0],
    ["returns an array", ((n: number) => [...good(n)]) as unknown as EntropySource, 0],
    ["returns undefined", (() => undefined) as unknown as EntropySource, 0],
    ["returns memory shared with other threads", (n) => new Uint8Array(new SharedArrayBuffer(n)), 0],
    [
      "throws",
      () => {
        throw new Error("0123456789abcdef");
      },
      0,
    ],
  ])("catch a source that %s", (_, bad, most) => {
    const source = healthTested(turningInto(bad));
    expect(drawsUntilFailure(source, 2000)).toBeLessThanOrEqual(most);
  });

  test("catch a bad source before its first byte is used", () => {
    let given = 0;
    const source = healthTested((n) => {
      given += n;
      return good(n).map((byte, i) => (i % 4 === 0 ? 9 : byte));
    });
    expect(() => source(48)).toThrow("adaptive proportion test failed");
    expect(given).toBe(1024);
  });

  test("count repetitions across draws: seven equal bytes pass, eight fail", () => {
    // The first draw is the start-up test; the others are one byte each.
    const bytesAfterStartup = (bytes: number[]) => {
      const left = [...bytes];
      const source = healthTested((n) => (n === 1 ? Uint8Array.of(left.shift() as number) : good(n).fill(1, n - 1)));
      return () => bytes.map(() => source(1)[0]);
    };
    expect(bytesAfterStartup([7, 7, 7, 7, 7, 7, 7, 8])()).toEqual([7, 7, 7, 7, 7, 7, 7, 8]);
    expect(bytesAfterStartup([7, 7, 7, 7, 7, 7, 7, 7])).toThrow("repetition count test failed");
  });

  test("count proportions in windows of 512: the value of the first byte may come 34 times, not 35", () => {
    const window = (times: number): EntropySource => {
      const bytes = good(512).map((byte) => (byte === 77 ? 78 : byte));
      for (let i = 0; i < times; i++) bytes[i * 14] = 77;
      return healthTested(turningInto(() => bytes));
    };
    expect(window(34)(512)).toHaveLength(512);
    expect(() => window(35)(512)).toThrow("adaptive proportion test failed");
  });

  test("remember a block while 63 others come, not while 64 do", () => {
    const again = (others: number): (() => Uint8Array) => {
      const first = good(16);
      const left = [first, ...Array.from({ length: others }, () => good(16)), first];
      const source = healthTested((n) => (n === 16 ? (left.shift() as Uint8Array) : good(n)));
      for (let i = 0; i <= others; i++) source(16);
      return () => source(16);
    };
    for (let i = 0; i < 20; i++) {
      expect(again(0)).toThrow("entropy source repeated a block");
      expect(again(63)).toThrow("entropy source repeated a block");
      expect(again(64)()).toHaveLength(16);
    }
  });

  test("fail for good: no draw works after a failure, even when the source has recovered", () => {
    let broken = false;
    const source = healthTested((n) => (broken ? new Uint8Array(n) : good(n)));
    source(48);
    broken = true;
    expect(() => source(48)).toThrow(EntropyError);
    broken = false;
    for (let i = 0; i < 3; i++) expect(() => source(48)).toThrow(/failed earlier: repetition count test failed/);
  });

  test("say nothing of the bytes or of what the source threw", () => {
    const secret = "5ec4e75ec4e75ec4";
    const source = healthTested(
      turningInto(() => {
        throw new Error(secret);
      }, 2),
    );
    source(48);
    for (let i = 0; i < 2; i++) {
      let caught: unknown;
      try {
        source(48);
      } catch (error) {
        caught = error;
      }
      const error = caught as EntropyError;
      expect(error.name).toBe("EntropyError");
      expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(secret);
    }
  });
});
