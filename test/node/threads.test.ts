/** Threads of the node engine: the worker runs from `dist/`, so the package must have been built. */

import { spawnSync } from "node:child_process";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { Engine } from "../../src/crypto/engine.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nodeEngine } from "../../src/node/engine.ts";
import { packageFile } from "../../src/node/package-file.ts";
import { threadedNodeEngine } from "../../src/node/threads.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";

const rsa2048 = { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 } as const;
const threaded = threadedNodeEngine({ threads: 2 });
afterAll(() => threaded.close());

/** The same, which counts what it gives to its threads. */
const given: { secrets: readonly Uint8Array[] }[] = [];
const counted: Engine = {
  ...threaded,
  threads: {
    count: 2,
    run(task, secrets) {
      const running = threaded.threads.run(task, secrets);
      given.push({ secrets });
      return running;
    },
  },
};
beforeEach(() => void given.splice(0));

const open = (engine: Engine): Session =>
  createHsm({ engine, entropy: seededEntropy(new Uint8Array(32).fill(8)) }).openSession({ readWrite: true });

const messages = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => utf8(`message ${i}`));

describe("threads", () => {
  test("make the RSA pair that is made without them, from one seed, and the token goes on in step", async () => {
    const results = async (engine: Engine): Promise<unknown> => {
      const s = open(engine);
      const { publicKey } = await s.generateKeyPairAsync(rsa2048, { usage: "sign" });
      return [s.getAttributes(publicKey, ["MODULUS", "PUBLIC_EXPONENT"]), s.generateRandom(8)];
    };
    const inThread = await results(counted);
    expect(given.length).toBe(1);
    expect(inThread).toEqual(await results(nodeEngine));
    const s = open(pureEngine);
    const { publicKey } = s.generateKeyPair(rsa2048, { usage: "sign" });
    expect(inThread).toEqual([s.getAttributes(publicKey, ["MODULUS", "PUBLIC_EXPONENT"]), s.generateRandom(8)]);
  });

  test("sign and encrypt what is more than a slice, with the results of one", async () => {
    const results = async (engine: Engine): Promise<unknown> => {
      const s = open(engine);
      const pair = await s.generateKeyPairAsync(rsa2048, { usage: "sign" });
      const other = await s.generateKeyPairAsync(rsa2048, { usage: "encrypt" });
      given.splice(0);
      const signatures = await s.signBatch("SHA256_RSA_PKCS_PSS", pair.privateKey, messages(300));
      const sealed = await s.encryptBatch(
        { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" },
        other.publicKey,
        messages(2000),
      );
      return [signatures, sealed];
    };
    const inThreads = await results(counted);
    expect(given.length).toBe(4);
    expect(inThreads).toEqual(await results(nodeEngine));
  });

  test("take secrets over: nothing of them is left in the memory that they came in", async () => {
    const s = open(counted);
    const { privateKey } = await s.generateKeyPairAsync(rsa2048, { usage: "sign" });
    await s.signBatch("SHA256_RSA_PKCS", privateKey, messages(200));
    const secrets = given.flatMap((each) => each.secrets);
    // The seed of the pair; six private components a thread, and a seed for each message.
    expect(secrets.length).toBeGreaterThan(1 + 2 * 6);
    expect(secrets.every(({ byteLength }) => byteLength === 0)).toBe(true);
  });

  test("do not carry secret keys, whose uses are counted with the key", async () => {
    const s = open(counted);
    const key = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
    await s.encryptBatch("AES_GCM", key, messages(20_000));
    expect(given).toEqual([]);
  });

  test("name the message that is bad, and give no results", async () => {
    const s = open(counted);
    const { privateKey } = await s.generateKeyPairAsync(rsa2048, { usage: "sign" });
    const digests = [...Array.from({ length: 300 }, () => new Uint8Array(32)), new Uint8Array(300)];
    await expect(s.signBatch("RSA_PKCS", privateKey, digests)).rejects.toMatchObject({
      ckr: "DATA_LEN_RANGE",
      message: expect.stringMatching(/^CKR_DATA_LEN_RANGE: message 300: /),
    });
  });

  test("stop for a signal, and work for the next caller", async () => {
    const s = open(counted);
    const before = s.findObjects().length;
    const controller = new AbortController();
    const { signal } = controller;
    const pair = s.generateKeyPairAsync({ ...rsa2048, modulusBits: 4096 }, { usage: "sign" }, undefined, { signal });
    // More than there are threads: one of them waits.
    const others = [1, 2].map(() =>
      s.generateKeyPairAsync({ ...rsa2048, modulusBits: 4096 }, { usage: "sign" }, undefined, { signal }),
    );
    controller.abort("no more");
    const refused = expect.objectContaining({ ckr: "FUNCTION_CANCELED", cause: "no more" });
    expect(await Promise.allSettled([pair, ...others])).toEqual(
      [1, 2, 3].map(() => ({ status: "rejected", reason: refused })),
    );
    expect(s.findObjects().length).toBe(before);
    expect(await s.generateKeyPairAsync(rsa2048, { usage: "sign" })).toHaveProperty("privateKey");
  });

  test("give nothing to a session or a key that has ended meanwhile", async () => {
    const s = open(counted);
    const pair = s.generateKeyPairAsync(rsa2048, { usage: "sign" });
    s.close();
    await expect(pair).rejects.toMatchObject({ ckr: "SESSION_HANDLE_INVALID" });
    const t = open(counted);
    const { privateKey } = await t.generateKeyPairAsync(rsa2048, { usage: "sign" });
    const batch = t.signBatch("SHA256_RSA_PKCS", privateKey, messages(500));
    t.destroyObject(privateKey);
    await expect(batch).rejects.toMatchObject({ ckr: "KEY_HANDLE_INVALID" });
  });

  test("fail what they are doing when they are closed; what comes after is done in slices", async () => {
    const engine = threadedNodeEngine({ threads: 1 });
    const s = open(engine);
    const running = [1, 2].map(() => s.generateKeyPairAsync({ ...rsa2048, modulusBits: 4096 }, { usage: "sign" }));
    const failures = running.map((each) => expect(each).rejects.toMatchObject({ ckr: "FUNCTION_FAILED" }));
    await engine.close();
    await Promise.all(failures);
    expect(engine.threads.count).toBe(0);
    expect(await s.generateKeyPairAsync(rsa2048, { usage: "sign" })).toHaveProperty("publicKey");
    await engine[Symbol.asyncDispose]();
    for (const threads of [0, -1, 1.5, Number.NaN]) expect(() => threadedNodeEngine({ threads })).toThrow(RangeError);
  });

  test("let a process end that has not closed them, but not before it has its results", () => {
    const script = `
      import { createHsm } from ${JSON.stringify(packageFile("dist/index.js"))};
      import { threadedNodeEngine } from ${JSON.stringify(packageFile("dist/node.js"))};
      const session = createHsm({ engine: threadedNodeEngine() }).openSession({ readWrite: true });
      await session.generateKeyPairAsync(${JSON.stringify(rsa2048)}, { usage: "sign" });
      console.log("done");`;
    const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "done\n", status: 0 });
  });
});
