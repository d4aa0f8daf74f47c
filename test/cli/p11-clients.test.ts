/** Native programs with our token, through Debian's own p11-kit-client.so. */

import { spawn } from "node:child_process";
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith, libraryPath } from "../support/programs.ts";
import { type Ended, type Server, startP11 } from "./endpoint.ts";

const CLIENT = libraryPath("pkcs11/p11-kit-client.so");
const PIN = "1234";
const SO_PIN = "12345678";

const directory = mkdtempSync(join(tmpdir(), "phsm-p11-"));
const file = (name: string, content?: string | Uint8Array): string => {
  const path = join(directory, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
const DATA = Buffer.from("what is signed\n");
const data = file("data", DATA);

let server: Server | undefined;
beforeAll(async () => {
  const options = ["--pin", PIN, "--so-pin", SO_PIN, "--slots", "2", "--policy", "pkcs11", "--engine", "node"];
  server = await startP11(["--socket", file("run/socket"), ...options]);
});
afterAll(async () => {
  const ended = await server?.stop();
  rmSync(directory, { recursive: true });
  expect(ended).toMatchObject({ status: 0, stderr: "" });
});

/** Runs a program that finds our token; what it prints on either stream is in `stdout`. */
async function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const P11_KIT_SERVER_ADDRESS = server?.url ?? "";
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, LANG: "C", P11_KIT_SERVER_ADDRESS, ...env },
  });
  let stdout = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
  const [status] = await once(child, "close");
  return { status, stdout, stderr: "" };
}

async function runWell(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { status, stdout } = await run(program, args, env);
  expect(status, `${program} ${args.join(" ")}\n${stdout}`).toBe(0);
  return stdout;
}

const tool = (...args: readonly string[]): Promise<string> => runWell("pkcs11-tool", ["--module", CLIENT, ...args]);
const loggedIn = (...args: readonly string[]): Promise<string> =>
  tool("--token-label", "pocket-hsm", "--login", "--pin", PIN, ...args);

describeWith(["pkcs11-tool", CLIENT], "pkcs11-tool", () => {
  test("sees the library, its slots and the mechanisms that its p11-kit carries", async () => {
    expect(await tool("-I")).toMatch(/Cryptoki version 2\.40\nManufacturer +pocket-hsm\nLibrary +TypeScript HSM/);
    const slots = await tool("-L");
    for (const text of ["token label        : pocket-hsm", "Slot 1 (0x2)", "token state:   uninitialized"])
      expect(slots).toContain(text);
    expect(await tool("-M")).toContain("RSA-PKCS-PSS, keySize={1024,8192}, sign, verify\n");
  });

  test("initialises a token, sets its PINs and changes them", async () => {
    await tool("--slot", "2", "--init-token", "--label", "second", "--so-pin", SO_PIN);
    const second = (...args: readonly string[]): Promise<string> => tool("--token-label", "second", ...args);
    await second("--init-pin", "--login", "--login-type", "so", "--so-pin", SO_PIN, "--new-pin", "1111");
    await second("--change-pin", "--login", "--pin", "1111", "--new-pin", "2222");
    expect(await second("--login", "--pin", "2222", "-O")).toMatch(/^$|slot/);
    const { status, stdout } = await run("pkcs11-tool", [
      "--module",
      CLIENT,
      "--token-label",
      "second",
      "-l",
      "-p",
      "1111",
      "-O",
    ]);
    expect([status, stdout]).toEqual([1, expect.stringContaining("CKR_PIN_INCORRECT")]);
  });

  test.each([
    ["rsa:2048", "SHA256-RSA-PKCS"],
    ["rsa:2048", "RSA-PKCS-PSS"],
    ["EC:prime256v1", "ECDSA-SHA1"],
    ["EC:secp521r1", "ECDSA-SHA1"],
  ])("makes a %s pair and signs with %s as others verify", async (type, mechanism) => {
    const name = `${type}-${mechanism}`.replace(":", "-");
    const id = Buffer.from(name).toString("hex");
    const [signature, publicKey, input] = [file(`${name}.sig`), file(`${name}.der`), file("hash", Buffer.alloc(32, 1))];
    await loggedIn("--keypairgen", "--key-type", type, "--id", id, "--label", name);
    const isPss = mechanism.endsWith("PSS");
    const from = isPss ? ["-i", input, "--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256"] : ["-i", data];
    await loggedIn("--sign", "-m", mechanism, "--id", id, ...from, "-o", signature);
    await tool("--read-object", "--type", "pubkey", "--id", id, "-o", publicKey);
    const key = createPublicKey({ key: readFileSync(publicKey), format: "der", type: "spki" });
    const made = readFileSync(signature);
    if (isPss) return expect(made).toHaveLength(256);
    const hash = mechanism.includes("SHA256") ? "sha256" : "sha1";
    expect(verify(hash, DATA, { key, dsaEncoding: "ieee-p1363" }, made)).toBe(true);
    await loggedIn("--delete-object", "--type", "privkey", "--id", id);
    expect(await loggedIn("-O", "--type", "privkey")).not.toContain(`${name}\n`);
  });

  test("encrypts more than fits any buffer, and decrypts it", async () => {
    const plain = Buffer.alloc(100_000, "0123456789abcdef");
    await loggedIn("--keygen", "--key-type", "AES:32", "--id", "ae", "--label", "aes");
    const [from, sealed, opened] = [file("plain", plain), file("sealed"), file("opened")];
    await loggedIn("--encrypt", "--id", "ae", "-m", "AES-ECB", "-i", from, "-o", sealed);
    await loggedIn("--decrypt", "--id", "ae", "-m", "AES-ECB", "-i", sealed, "-o", opened);
    expect(readFileSync(sealed)).toHaveLength(plain.length);
    expect(readFileSync(opened).equals(plain)).toBe(true);
  });

  test("writes objects and reads them back", async () => {
    const content = file("object", "a data object");
    await loggedIn("--write-object", content, "--type", "data", "--label", "note");
    expect(await loggedIn("--read-object", "--type", "data", "--label", "note")).toContain("a data object");
  });

  test("passes its own tests", async () => {
    await loggedIn("--keypairgen", "--key-type", "rsa:2048", "--id", "7e57", "--label", "test");
    expect(await loggedIn("--test")).toMatch(/No errors\n$/);
  });
});

describeWith(["p11tool", "certtool", CLIENT], "p11tool", () => {
  const p11tool = (...args: readonly string[]): Promise<string> =>
    runWell("p11tool", ["--provider", CLIENT, "--batch", ...args], { GNUTLS_PIN: PIN });
  const TOKEN = "pkcs11:token=pocket-hsm";

  test("lists the token, makes keys in it and signs with them", async () => {
    expect(await p11tool("--list-tokens")).toContain("manufacturer=pocket-hsm");
    for (const [kind, more] of [
      ["rsa", ["--bits", "2048"]],
      ["ecdsa", ["--curve", "secp384r1"]],
    ] as const) {
      await p11tool("--login", "--generate-privkey", kind, ...more, "--label", `p11tool-${kind}`, TOKEN);
      const signed = await p11tool("--login", "--test-sign", `${TOKEN};object=p11tool-${kind};type=private`);
      expect(signed).toMatch(/Verifying against public key in the token\.\.\. ok/);
    }
  });

  test("writes a certificate that certtool signed with a key in the token", async () => {
    const [template, pem] = [file("template", 'cn = "signed in the token"\nca\ncert_signing_key\n'), file("cert.pem")];
    const key = (type: string): string => `${TOKEN};object=p11tool-rsa;type=${type}`;
    const self = ["--generate-self-signed", "--load-privkey", key("private"), "--load-pubkey", key("public")];
    await runWell("certtool", ["--provider", CLIENT, ...self, "--template", template, "--outfile", pem], {
      GNUTLS_PIN: PIN,
    });
    const certificate = new X509Certificate(readFileSync(pem));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    await p11tool("--login", "--write", "--load-certificate", pem, "--label", "written", TOKEN);
    const written = await p11tool("--export", `${TOKEN};object=written;type=cert`);
    expect(new X509Certificate(written).fingerprint256).toBe(certificate.fingerprint256);
  });
});

describeWith(["ssh-keygen", "pkcs11-tool", CLIENT], "ssh-keygen", () => {
  test("shows the public keys of the token", async () => {
    await loggedIn("--keypairgen", "--key-type", "EC:prime256v1", "--id", "55", "--label", "ssh");
    await tool("--read-object", "--type", "pubkey", "--id", "55", "-o", file("ssh.der"));
    const key = createPublicKey({ key: readFileSync(file("ssh.der")), format: "der", type: "spki" });
    const { x, y } = key.export({ format: "jwk" });
    const point = Buffer.concat([
      Buffer.of(4),
      Buffer.from(x as string, "base64url"),
      Buffer.from(y as string, "base64url"),
    ]);
    const line = (await runWell("ssh-keygen", ["-D", CLIENT])).split("\n").find((one) => one.endsWith(" ssh"));
    expect(line).toMatch(/^ecdsa-sha2-nistp256 /);
    expect(
      Buffer.from(line?.split(" ")[1] ?? "", "base64")
        .subarray(-65)
        .equals(point),
    ).toBe(true);
  });
});

const ENGINE = libraryPath("engines-3/pkcs11.so");

describeWith(["openssl", "pkcs11-tool", ENGINE, CLIENT], "OpenSSL's engine", () => {
  test.each(["rsa:2048", "EC:prime256v1"])("makes a certificate with a %s key in the token", async (type) => {
    const label = `engine-${type.slice(0, 2)}`;
    const OPENSSL_CONF = file(
      "engine.cnf",
      `openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\nengine_id = pkcs11\ndynamic_path = ${ENGINE}\nMODULE_PATH = ${CLIENT}\ninit = 0\n[req]\ndistinguished_name = dn\n[dn]\n`,
    );
    await loggedIn("--keypairgen", "--key-type", type, "--id", Buffer.from(label).toString("hex"), "--label", label);
    const key = `pkcs11:token=pocket-hsm;object=${label};type=private;pin-value=${PIN}`;
    const pem = file(`${label}.pem`);
    const request = [
      "req",
      "-engine",
      "pkcs11",
      "-keyform",
      "engine",
      "-key",
      key,
      "-new",
      "-x509",
      "-subj",
      "/CN=engine",
    ];
    await runWell("openssl", [...request, "-out", pem], { OPENSSL_CONF });
    const certificate = new X509Certificate(readFileSync(pem));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });
});

describeWith(["java", "javac", "openssl", "pkcs11-tool", CLIENT], "Java's SunPKCS11", () => {
  test("logs in, makes keys, signs, encrypts, wraps and finds what was there", async () => {
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file("java.key"), "-subj", "/CN=java"];
    await runWell("openssl", [...made, "-outform", "DER", "-out", file("java.crt")]);
    await runWell("openssl", ["rsa", "-in", file("java.key"), "-outform", "DER", "-out", file("java.der")]);
    for (const [type, content] of [
      ["privkey", "java.der"],
      ["cert", "java.crt"],
    ] as const)
      await loggedIn("--write-object", file(content), "--type", type, "--id", "1a7a", "--label", "java");
    const configuration = file(
      "java.cfg",
      `name = pocket\nlibrary = ${CLIENT}\nslotListIndex = 0\nattributes(generate, CKO_SECRET_KEY, *) = {\n CKA_EXTRACTABLE = true\n}\n`,
    );
    const printed = await runWell("java", [join(import.meta.dirname, "p11/Token.java"), configuration, PIN]);
    const outcomes = printed
      .trim()
      .split("\n")
      .slice(2)
      .map((line) => line.split(": ")[1]);
    expect(printed).toMatch(/^login with a wrong PIN: refused\naliases: \[.*java.*\]\n/);
    expect(outcomes).toEqual(Array.from({ length: 12 }, () => "true"));
  });
});

describeWith(["pkcs11-tool", CLIENT], "under the strict policy", () => {
  let strict: Server | undefined;
  beforeAll(async () => {
    strict = await startP11(["--socket", file("strict/socket"), "--pin", PIN, "--engine", "node"]);
  });
  afterAll(() => strict?.stop());

  test("a key that is made for one thing does it, and one for two is not made", async () => {
    const pair = [
      "--module",
      CLIENT,
      "--login",
      "--pin",
      PIN,
      "--keypairgen",
      "--key-type",
      "EC:prime256v1",
      "--id",
      "01",
    ];
    const env = { P11_KIT_SERVER_ADDRESS: strict?.url ?? "" };
    const { status, stdout } = await run("pkcs11-tool", [...pair, "--usage-sign", "--usage-derive"], env);
    expect([status, stdout]).toEqual([1, expect.stringContaining("CKR_TEMPLATE_INCONSISTENT")]);
    await runWell("pkcs11-tool", [...pair, "--usage-sign"], env);
    const sign = ["--module", CLIENT, "--login", "--pin", PIN, "--sign", "-m", "ECDSA-SHA1", "--id", "01"];
    await runWell("pkcs11-tool", [...sign, "-i", data, "-o", file("strict.sig")], env);
    expect(readFileSync(file("strict.sig"))).toHaveLength(64);
  });
});
