import { createDecipheriv, createHash, createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { CkrError } from "../../src/cryptoki/error.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";
import { patientRsaEngine } from "../support/patient-engine.ts";

let s: Session;
beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
});

const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });

describe("multi-part operations", () => {
  test("digest, MAC and signature by parts equal those of the whole", () => {
    const hmacKey = s.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
    const aesKey = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
    const ec = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "sign" });
    fc.assert(
      fc.property(parts, (data) => {
        const whole = Buffer.concat(data);
        s.digestInit({ mechanism: "SHA384" });
        for (const part of data) s.digestUpdate(part);
        expect(Buffer.from(s.digestFinal())).toEqual(createHash("sha384").update(whole).digest());
        for (const [mechanism, key] of [
          ["SHA512_HMAC", hmacKey],
          ["AES_CMAC", aesKey],
        ] as const) {
          s.signInit({ mechanism }, key);
          for (const part of data) s.signUpdate(part);
          const mac = s.signFinal();
          expect(mac).toEqual(s.sign({ mechanism }, key, whole));
          s.verifyInit({ mechanism }, key);
          for (const part of data) s.verifyUpdate(part);
          expect(s.verifyFinal(mac)).toBe(true);
        }
        s.signInit({ mechanism: "ECDSA_SHA256" }, ec.privateKey);
        for (const part of data) s.signUpdate(part);
        expect(s.verify({ mechanism: "ECDSA_SHA256" }, ec.publicKey, whole, s.signFinal())).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test("encryption by parts opens as a whole, and the other way round", () => {
    const key = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
    const choices = [
      { mechanism: "AES_GCM" },
      { mechanism: "AES_CBC_PAD", iv: new Uint8Array(16) },
      { mechanism: "AES_CTR", counter: new Uint8Array(16) },
    ] as const;
    fc.assert(
      fc.property(parts, fc.nat(2), (data, which) => {
        const choice = choices[which] as (typeof choices)[0];
        const whole = new Uint8Array(Buffer.concat(data));
        s.encryptInit(choice, key);
        const encrypted = Buffer.concat([...data.map((part) => s.encryptUpdate(part)), s.encryptFinal()]);
        expect(s.decrypt(choice, key, encrypted)).toEqual(whole);
        const sealed = s.encrypt(choice, key, whole);
        s.decryptInit(choice, key);
        const cut = Math.floor(sealed.length / 3);
        const opened = [
          s.decryptUpdate(sealed.subarray(0, cut)),
          s.decryptUpdate(sealed.subarray(cut)),
          s.decryptFinal(),
        ];
        expect(new Uint8Array(Buffer.concat(opened))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  test("no plaintext of an authenticated mode leaves before its tag has been checked", () => {
    const key = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
    const sealed = s.encrypt({ mechanism: "AES_GCM" }, key, new Uint8Array(100));
    s.decryptInit({ mechanism: "AES_GCM" }, key);
    expect(s.decryptUpdate(sealed.subarray(0, -1)).length).toBe(0);
    expectCkr(() => s.decryptFinal(), "ENCRYPTED_DATA_INVALID");
    expectCkr(() => s.decryptFinal(), "OPERATION_NOT_INITIALIZED");
  });

  test("a session has one operation of each kind, and an error ends it", () => {
    const key = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
    const gcm = { mechanism: "AES_GCM" } as const;
    s.encryptInit(gcm, key);
    expectCkr(() => s.encryptInit(gcm, key), "OPERATION_ACTIVE");
    expectCkr(() => s.encrypt(gcm, key, new Uint8Array(1)), "OPERATION_ACTIVE");
    s.digestInit({ mechanism: "SHA256" });
    expectCkr(() => s.digest({ mechanism: "SHA256" }, new Uint8Array(1)), "OPERATION_ACTIVE");
    expectCkr(() => s.encryptUpdate("abc" as never), "ARGUMENTS_BAD");
    expectCkr(() => s.encryptUpdate(new Uint8Array(1)), "OPERATION_NOT_INITIALIZED");
    expect(s.digestFinal().length).toBe(32);
    expectCkr(() => s.digestFinal(), "OPERATION_NOT_INITIALIZED");
    s.encryptInit(gcm, key);
  });

  test("an operation does not run on with a key that has been destroyed", () => {
    for (const choice of [{ mechanism: "AES_GCM" }, { mechanism: "AES_CTR", counter: new Uint8Array(16) }] as const) {
      const key = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
      s.encryptInit(choice, key);
      s.encryptUpdate(new Uint8Array(16));
      s.destroyObject(key);
      expectCkr(() => s.encryptFinal(), "KEY_HANDLE_INVALID");
      expectCkr(() => s.encrypt(choice, key, new Uint8Array(1)), "KEY_HANDLE_INVALID");
    }
  });
});

describe("objects", () => {
  test("session objects end with their session; token objects stay", () => {
    const hsm = createHsm();
    const a = hsm.openSession({ readWrite: true });
    const b = hsm.openSession();
    const passing = a.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16 });
    const lasting = a.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16, token: true });
    expect(b.findObjects()).toEqual([passing, lasting]);
    a.close();
    expect(b.findObjects()).toEqual([lasting]);
    expectCkr(() => a.findObjects(), "SESSION_HANDLE_INVALID");
  });

  test("handles are never zero and never used twice", () => {
    const seen = new Set<ObjectHandle>();
    for (let i = 0; i < 50; i++) {
      const handle = s.createObject({ CLASS: "DATA", VALUE: Uint8Array.of(i) });
      expect(handle).toBeGreaterThan(0);
      expect(seen.has(handle)).toBe(false);
      seen.add(handle);
      s.destroyObject(handle);
      expectCkr(() => s.destroyObject(handle), "OBJECT_HANDLE_INVALID");
    }
    for (const wrong of [0, -1, 1.5, Number.NaN, "1", null, undefined, {}, 999_999])
      expectCkr(() => s.getAttributes(wrong as never, ["LABEL"]), "OBJECT_HANDLE_INVALID");
  });

  test("templates are checked: unknown attributes, wrong kinds, missing and foreign ones", () => {
    expectCkr(() => s.createObject({ CLASS: "DATA", COLOUR: "red" } as never), "ATTRIBUTE_TYPE_INVALID");
    expectCkr(() => s.createObject({ CLASS: "DATA", LABEL: 4 } as never), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ CLASS: "PLANET" } as never), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ LABEL: "x" }), "TEMPLATE_INCOMPLETE");
    expectCkr(() => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES" }), "TEMPLATE_INCOMPLETE");
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "RSA", VALUE: new Uint8Array(16) }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(() => s.createObject({ CLASS: "DATA", SENSITIVE: true }), "ATTRIBUTE_TYPE_INVALID");
    expectCkr(() => s.createObject({ CLASS: "DATA", LABEL: "a", label: "b" }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () => s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "everything" as never }),
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(
      () => s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, VALUE: new Uint8Array(32) }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(
      () => s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, KEY_TYPE: "GENERIC_SECRET" }),
      "TEMPLATE_INCONSISTENT",
    );
    for (const bad of [null, 5, "x", []]) expectCkr(() => s.createObject(bad as never), "ARGUMENTS_BAD");
    expect(s.findObjects()).toEqual([]);
  });

  test("what a caller gets or gave is the caller's own", () => {
    const id = Uint8Array.of(1, 2);
    const object = s.createObject({ CLASS: "DATA", VALUE: id });
    id[0] = 9;
    const { VALUE } = s.getAttributes(object, ["VALUE"]);
    expect([...VALUE]).toEqual([1, 2]);
    VALUE[0] = 7;
    expect([...s.getAttributes(object, ["VALUE"]).VALUE]).toEqual([1, 2]);
    const random = s.generateRandom(8);
    expect(random.buffer.byteLength).toBe(8);
  });

  test("a polluted prototype changes nothing", () => {
    const pollution = Object.prototype as Record<string, unknown>;
    Object.assign(pollution, {
      EXTRACTABLE: true,
      SENSITIVE: false,
      usage: "wrap",
      iv: new Uint8Array(1),
      tagBytes: 1,
    });
    try {
      const key = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, ENCRYPT: true, DECRYPT: true });
      expect(s.getAttributes(key, ["SENSITIVE", "EXTRACTABLE", "WRAP"])).toEqual({
        SENSITIVE: true,
        EXTRACTABLE: false,
        WRAP: false,
      });
      expect(s.decrypt({ mechanism: "AES_GCM" }, key, s.encrypt({ mechanism: "AES_GCM" }, key, id(3)))).toEqual(id(3));
    } finally {
      for (const name of ["EXTRACTABLE", "SENSITIVE", "usage", "iv", "tagBytes"]) delete pollution[name];
    }
    function id(n: number): Uint8Array {
      return new Uint8Array(n).fill(n);
    }
  });

  test("a key whose owner made it readable is read, and works outside", () => {
    const key = s.generateKey(
      { mechanism: "AES_KEY_GEN" },
      { VALUE_LEN: 32, usage: "encrypt", sensitive: false, extractable: true },
    );
    const { VALUE } = s.getAttributes(key, ["VALUE"]);
    const sealed = s.encrypt({ mechanism: "AES_GCM" }, key, Buffer.from("hello"));
    const decipher = createDecipheriv("aes-256-gcm", VALUE, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    expect(decipher.update(sealed.subarray(12, -16)).toString()).toBe("hello");
    decipher.final();
  });

  test("one template for a pair is divided between its halves", () => {
    const pair = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-384" },
      { usage: "sign", label: "ca", extractable: true },
    );
    expect(s.getAttributes(pair.publicKey, ["LABEL", "VERIFY", "PRIVATE"])).toEqual({
      LABEL: "ca",
      VERIFY: true,
      PRIVATE: false,
    });
    expect(s.getAttributes(pair.privateKey, ["LABEL", "SIGN", "EXTRACTABLE", "SENSITIVE"])).toEqual({
      LABEL: "ca",
      SIGN: true,
      EXTRACTABLE: true,
      SENSITIVE: true,
    });
    expectCkr(
      () => s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-384" }, { APPLICATION: "x" }),
      "ATTRIBUTE_TYPE_INVALID",
    );
  });

  test("an HMAC under an imported key equals Node's", () => {
    const value = new Uint8Array(40).fill(3);
    const key = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: value, usage: "sign" });
    expect(Buffer.from(s.sign({ mechanism: "SHA224_HMAC" }, key, Buffer.from("x")))).toEqual(
      createHmac("sha224", value).update("x").digest(),
    );
  });
});

describe("long work", () => {
  test("RSA key generation leaves the event loop free", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const t = createHsm({ engine: patientRsaEngine(() => ticks > 0) }).openSession({ readWrite: true });
    const pair = await t.generateKeyPairAsync(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "sign" },
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    const signature = t.sign({ mechanism: "SHA256_RSA_PKCS_PSS" }, pair.privateKey, Buffer.from("m"));
    expect(t.verify({ mechanism: "SHA256_RSA_PKCS_PSS" }, pair.publicKey, Buffer.from("m"), signature)).toBe(true);
  });

  test("an aborted generation makes no key", async () => {
    const abort = new AbortController();
    const running = s.generateKeyPairAsync(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 4096 },
      { usage: "sign" },
      undefined,
      { signal: abort.signal },
    );
    abort.abort(new Error("enough"));
    await expect(running).rejects.toMatchObject({ ckr: "FUNCTION_CANCELED" });
    expect(s.findObjects()).toEqual([]);
  });

  test("a session that ended meanwhile gets no key", async () => {
    const running = s.generateKeyPairAsync(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "sign" },
    );
    s.close();
    await expect(running).rejects.toMatchObject({ ckr: "SESSION_HANDLE_INVALID" });
  });

  test("refused templates are refused before the work begins", async () => {
    await expect(
      s.generateKeyPairAsync({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 4096 }, { SIGN: true } as never, {
        DECRYPT: true,
        SIGN: true,
      }),
    ).rejects.toBeInstanceOf(CkrError);
  });
});

describe("randomness", () => {
  const seed = new Uint8Array(32).fill(5);
  const run = (): unknown[] => {
    const t = createHsm({ entropy: seededEntropy(seed) }).openSession({ readWrite: true });
    const ec = t.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "sign" });
    return [
      t.generateRandom(40),
      t.getAttributes(ec.publicKey, ["EC_POINT"]).EC_POINT,
      t.sign({ mechanism: "ECDSA_SHA256" }, ec.privateKey, seed),
    ];
  };

  test("one seed, one run", () => {
    expect(run()).toEqual(run());
  });

  test("seedRandom adds to the HSM's entropy and does not replace it", () => {
    const a = createHsm().openSession();
    const b = createHsm().openSession();
    a.seedRandom(seed);
    b.seedRandom(seed);
    expect(a.generateRandom(32)).not.toEqual(b.generateRandom(32));
    const c = createHsm({ entropy: seededEntropy(seed) }).openSession();
    const d = createHsm({ entropy: seededEntropy(seed) }).openSession();
    d.seedRandom(seed);
    expect(c.generateRandom(32)).not.toEqual(d.generateRandom(32));
  });

  test("a seed of any length up to 64 KiB is taken, and every byte of it counts", () => {
    const seeded = (length: number, last: number): Uint8Array => {
      const session = createHsm({ entropy: seededEntropy(seed) }).openSession();
      session.seedRandom(Uint8Array.from({ length }, (_, i) => (i === length - 1 ? last : 7)));
      return session.generateRandom(32);
    };
    for (const length of [48, 49, 100, 2 ** 16]) expect(seeded(length, 1)).not.toEqual(seeded(length, 2));
    expectCkr(() => s.seedRandom(new Uint8Array(2 ** 16 + 1)), "ARGUMENTS_BAD");
  });

  test("sizes out of range are refused", () => {
    for (const bytes of [0, -1, 1.5, 2 ** 20 + 1, Number.NaN, "8"])
      expectCkr(() => s.generateRandom(bytes as never), "ARGUMENTS_BAD");
    expect(s.generateRandom(70_000).length).toBe(70_000);
  });

  test.each([
    ["sticks", (n: number) => new Uint8Array(n).fill(0xaa)],
    ["repeats", (n: number) => Uint8Array.from({ length: n }, (_, i) => i * 7)],
  ])("a source that %s puts the HSM into the error state", (_, source) => {
    expectCkr(() => createHsm({ entropy: source }).openSession().generateRandom(32), "DEVICE_ERROR");
  });

  test("a source that asks the token for random bytes puts the HSM into the error state", () => {
    const noise = seededEntropy(seed);
    let session: { generateRandom(byteLength: number): Uint8Array } | undefined;
    const fill = (bytes: Uint8Array): void => bytes.set(session?.generateRandom(bytes.length) ?? noise(bytes.length));
    const hsm = createHsm({ entropy: Object.assign((n: number) => noise(n), { fill }) });
    session = hsm.openSession();
    expectCkr(() => hsm.openSession().generateRandom(32), "DEVICE_ERROR");
    expectCkr(() => hsm.openSession(), "DEVICE_ERROR");
  });

  test("a source that fails later stops every service, and nothing comes out", () => {
    let stuck = false;
    const healthy = seededEntropy(seed);
    const hsm = createHsm({ entropy: (n) => (stuck ? new Uint8Array(n) : healthy(n)) });
    const t = hsm.openSession({ readWrite: true });
    const key = t.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
    stuck = true;
    expectCkr(() => t.generateRandom(32), "DEVICE_ERROR");
    stuck = false;
    expectCkr(() => t.generateRandom(32), "DEVICE_ERROR");
    expectCkr(
      () => t.encrypt({ mechanism: "AES_GCM", iv: new Uint8Array(12) }, key, new Uint8Array(1)),
      "DEVICE_ERROR",
    );
    expectCkr(() => t.findObjects(), "DEVICE_ERROR");
    expectCkr(() => hsm.openSession(), "DEVICE_ERROR");
  });
});

describe("no key byte leaves", () => {
  const CANARY = Buffer.from("5ec3e7ca9a12b00b1e5ec3e7ca9a12b00b1e5ec3e7ca9a12b00b1e77aa55cc33", "hex");
  const shows = (text: string): boolean => {
    const compact = text.replace(/[\s,:]/g, "").toLowerCase();
    return [
      CANARY.toString("hex").slice(0, 16),
      CANARY.toString("base64").slice(0, 12),
      [...CANARY.subarray(0, 6)].join(""),
    ].some((key) => compact.includes(key.toLowerCase()));
  };

  test("not through inspect, JSON, spread or clone of the HSM, session, objects or engine keys", () => {
    const hsm = createHsm();
    const t = hsm.openSession({ readWrite: true });
    const key = t.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: CANARY, usage: "encrypt", token: true });
    t.encrypt({ mechanism: "AES_GCM" }, key, new Uint8Array(1));
    const mac = t.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: CANARY, usage: "sign" });
    t.sign({ mechanism: "SHA256_HMAC" }, mac, new Uint8Array(1));
    const prepared = [
      pureEngine.aes(CANARY),
      pureEngine.hmac("SHA256", CANARY),
      pureEngine.ecPrivate("P-256", CANARY),
      pureEngine.edPrivate(CANARY),
    ];
    for (const it of [hsm, t, key, mac, ...prepared, { ...hsm }, { ...t }]) {
      expect(shows(inspect(it, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null }))).toBe(
        false,
      );
      expect(shows(JSON.stringify(it) ?? "")).toBe(false);
    }
  });

  test("not through any error", () => {
    const errors: unknown[] = [];
    const attempt = (call: () => unknown): void => {
      try {
        call();
      } catch (error) {
        errors.push(error);
      }
    };
    attempt(() => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: CANARY.subarray(0, 31) }));
    attempt(() => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: CANARY.toString("hex") as never }));
    attempt(() => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: CANARY, WRAP: true }));
    attempt(() => s.createObject({ CLASS: "PRIVATE_KEY", KEY_TYPE: "EC", EC_PARAMS: CANARY, VALUE: CANARY }));
    attempt(() =>
      s.createObject({
        CLASS: "PRIVATE_KEY",
        KEY_TYPE: "RSA",
        MODULUS: CANARY,
        PUBLIC_EXPONENT: CANARY,
        PRIVATE_EXPONENT: CANARY,
        PRIME_1: CANARY,
        PRIME_2: CANARY,
        EXPONENT_1: CANARY,
        EXPONENT_2: CANARY,
        COEFFICIENT: CANARY,
      }),
    );
    attempt(() => s.createObject({ CLASS: "SECRET_KEY", [CANARY.toString("hex")]: true } as never));
    attempt(() => s.generateKey({ mechanism: CANARY.toString("hex") } as never));
    attempt(() =>
      s.encrypt(
        { mechanism: "AES_GCM", [CANARY.toString("hex")]: CANARY } as never,
        s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" }),
        CANARY,
      ),
    );
    expect(errors.length).toBe(8);
    for (const error of errors) {
      expect(error).toBeInstanceOf(CkrError);
      expect(shows(inspect(error, { depth: 20, showHidden: true }) + (error as Error).stack)).toBe(false);
    }
  });
});
