/** Custom key stores backed by an external key manager: the conversation with its proxy, over HTTP as it is specified. */

import { createHash, createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fromBase64, utf8 } from "../../../src/bytes/bytes.ts";
import { authorizationOf } from "../../../src/kms/key-stores/authorization.ts";
import { integrityValue } from "../../../src/kms/key-stores/proxy-client.ts";
import { PROXY_FAILURES } from "../../../src/kms/key-stores/proxy-failures.ts";
import { createKms, type Kms, type KmsError, type ProxyErrorName, XksProxy } from "../../../src/kms.ts";

// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
type Answer = any;

let proxy: XksProxy;
let kms: Kms;
let requests: { readonly request: Request; readonly body: string }[];

beforeEach(() => {
  proxy = new XksProxy({ keys: ["key-1", "key-2"] });
  requests = [];
  kms = createKms({ keyStores: { fetch: recorded, proxyTimeout: 10_000 } });
});

const recorded = async (request: Request): Promise<Response> => {
  requests.push({ request: request.clone(), body: await request.clone().text() });
  return proxy.fetch(request);
};

function call(operation: string, input: object = {}): Promise<Answer> {
  class Command {
    readonly input = input;
  }
  Object.defineProperty(Command, "name", { value: `${operation}Command` });
  return kms
    .client()
    .send(new Command())
    .then(({ $metadata: _, ...output }: Answer) => output);
}

const errorOf = async (answer: Promise<unknown>): Promise<KmsError> =>
  (await answer.then(
    () => expect.unreachable("was answered"),
    (reason: unknown) => reason,
  )) as KmsError;
const stateOf = async (CustomKeyStoreId: string): Promise<Answer> =>
  (await call("DescribeCustomKeyStores", { CustomKeyStoreId })).CustomKeyStores[0];
const created = async (input: object = {}): Promise<string> =>
  (await call("CreateCustomKeyStore", { CustomKeyStoreName: "External", ...proxy.parameters, ...input }))
    .CustomKeyStoreId;

async function connected(): Promise<string> {
  const CustomKeyStoreId = await created();
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  return CustomKeyStoreId;
}

const keyIn = async (CustomKeyStoreId: string, XksKeyId = "key-1"): Promise<Answer> =>
  (await call("CreateKey", { Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId, XksKeyId })).KeyMetadata;

test("A key store is described with its proxy, but without the secret", async () => {
  const id = await connected();
  const entry = await stateOf(id);
  expect(entry).toEqual({
    CustomKeyStoreId: id,
    CustomKeyStoreName: "External",
    ConnectionState: "CONNECTED",
    CreationDate: expect.any(Date),
    CustomKeyStoreType: "EXTERNAL_KEY_STORE",
    XksProxyConfiguration: {
      Connectivity: "PUBLIC_ENDPOINT",
      AccessKeyId: proxy.parameters.XksProxyAuthenticationCredential.AccessKeyId,
      UriEndpoint: "https://xks.example.com",
      UriPath: "/kms/xks/v1",
    },
  });
  expect(proxy.requests.map(({ metadata }) => metadata["kmsOperation"])).toEqual([
    "CreateCustomKeyStore",
    "ConnectCustomKeyStore",
  ]);
});

describe("A key in it", () => {
  test("is encrypted with twice: the key manager sees no plaintext and no context, the KMS alone cannot open", async () => {
    const metadata = await keyIn(await connected());
    expect(metadata).toMatchObject({
      Origin: "EXTERNAL_KEY_STORE",
      KeyState: "Enabled",
      XksKeyConfiguration: { Id: "key-1" },
    });
    expect(metadata).not.toHaveProperty("CurrentKeyMaterialId");
    const { KeyId, Arn } = metadata;
    const Plaintext = utf8("between the two of us");
    const EncryptionContext = { purpose: "secret purpose" };
    requests.length = 0;
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext, EncryptionContext });
    expect(Buffer.from(CiphertextBlob).toString("base64")).toMatch(/^AQICAH/);
    const [{ request, body }] = requests as [(typeof requests)[number]];
    expect(request.url).toBe("https://xks.example.com/kms/xks/v1/keys/key-1/encrypt");
    const payload = JSON.parse(body);
    expect(payload).toMatchObject({
      requestMetadata: {
        awsPrincipalArn: "arn:aws:iam::111122223333:root",
        kmsKeyArn: Arn,
        kmsOperation: "Encrypt",
        kmsRequestId: expect.any(String),
      },
      encryptionAlgorithm: "AES_GCM",
      ciphertextDataIntegrityValueAlgorithm: "SHA_256",
    });
    const within = Buffer.from(fromBase64(payload.plaintext)).toString("latin1");
    expect(within).not.toContain("between the two of us");
    expect(body).not.toContain("secret purpose");

    const opened = await call("Decrypt", { CiphertextBlob, EncryptionContext });
    expect(opened).toEqual({ KeyId: Arn, Plaintext, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    proxy.deleteKey("key-1");
    const error = await errorOf(call("Decrypt", { CiphertextBlob, EncryptionContext }));
    expect([error.name, error.message]).toEqual([
      "KMSInvalidStateException",
      PROXY_FAILURES.KeyNotFoundException.message,
    ]);
  });

  test("makes data keys, and moves ciphertexts to another key and back", async () => {
    const { KeyId } = await keyIn(await connected());
    const dataKey = await call("GenerateDataKey", { KeyId, KeySpec: "AES_256" });
    expect(Object.keys(dataKey).sort()).toEqual(["CiphertextBlob", "KeyId", "Plaintext"]);
    const inside = (await call("CreateKey")).KeyMetadata.KeyId;
    const moved = await call("ReEncrypt", { CiphertextBlob: dataKey.CiphertextBlob, DestinationKeyId: inside });
    const back = await call("ReEncrypt", { CiphertextBlob: moved.CiphertextBlob, DestinationKeyId: KeyId });
    expect((await call("Decrypt", { CiphertextBlob: back.CiphertextBlob })).Plaintext).toEqual(dataKey.Plaintext);
    expect(proxy.requests.map(({ api, metadata }) => `${api} ${metadata["kmsOperation"]}`)).toEqual([
      "health CreateCustomKeyStore",
      "health ConnectCustomKeyStore",
      "metadata CreateKey",
      "encrypt GenerateDataKey",
      "decrypt ReEncrypt",
      "encrypt ReEncrypt",
      "decrypt Decrypt",
    ]);
  });

  test("takes the longest plaintext that KMS has, and the blob still fits", async () => {
    const { KeyId } = await keyIn(await connected());
    const Plaintext = new Uint8Array(4096).fill(7);
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    expect(CiphertextBlob.length).toBeLessThan(4500);
    expect((await call("Decrypt", { CiphertextBlob })).Plaintext).toEqual(Plaintext);
  });

  test("does not open what is changed in any one byte, or meant for another context", async () => {
    const { KeyId } = await keyIn(await connected());
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext: utf8("x"), EncryptionContext: { a: "1" } });
    const other = await errorOf(call("Decrypt", { CiphertextBlob, EncryptionContext: { a: "2" } }));
    expect([other.name, other.message]).toEqual([
      "KMSInvalidStateException",
      PROXY_FAILURES.InvalidCiphertextException.message,
    ]);
    for (let i = 37; i < CiphertextBlob.length; i++) {
      const changed = Uint8Array.from(CiphertextBlob);
      changed[i]! ^= 1;
      const { name } = await errorOf(call("Decrypt", { CiphertextBlob: changed, EncryptionContext: { a: "1" } }));
      expect(["KMSInvalidStateException", "InvalidCiphertextException"]).toContain(name);
    }
  });

  test("is unavailable while the key store is not connected", async () => {
    const CustomKeyStoreId = await connected();
    const { KeyId } = await keyIn(CustomKeyStoreId);
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    expect((await call("DescribeKey", { KeyId })).KeyMetadata.KeyState).toBe("Unavailable");
    const error = await errorOf(call("Encrypt", { KeyId, Plaintext: utf8("x") }));
    expect(error.name).toBe("KMSInvalidStateException");
    expect(error.message).toContain("not connected to its external key store proxy");
  });

  test("needs an external key that is there, enabled, and nobody else's", async () => {
    const CustomKeyStoreId = await connected();
    await keyIn(CustomKeyStoreId);
    expect((await errorOf(keyIn(CustomKeyStoreId))).name).toBe("XksKeyAlreadyInUseException");
    expect((await errorOf(keyIn(CustomKeyStoreId, "key-3"))).name).toBe("XksKeyNotFoundException");
    proxy.setEnabled("key-2", false);
    const disabled = await errorOf(keyIn(CustomKeyStoreId, "key-2"));
    expect([disabled.name, disabled.message]).toEqual([
      "XksKeyInvalidConfigurationException",
      PROXY_FAILURES.InvalidStateException.message,
    ]);
    const without = call("CreateKey", { Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId });
    expect((await errorOf(without)).name).toBe("ValidationException");
  });

  test("answers as the specification says to every error of the proxy", async () => {
    const { KeyId } = await keyIn(await connected());
    for (const [name, { message }] of Object.entries(PROXY_FAILURES)) {
      if (["Unreachable", "InvalidTls", "TimedOut", "Malformed"].includes(name)) continue;
      proxy.misbehaviour = name as ProxyErrorName;
      const error = await errorOf(call("Encrypt", { KeyId, Plaintext: utf8("x") }));
      expect([error.name, error.message]).toEqual(["KMSInvalidStateException", message]);
    }
  });
});

describe("A proxy that does not answer as it should", () => {
  const cases = [
    ["AuthenticationFailedException", "XksProxyIncorrectAuthenticationCredentialException", "INVALID_CREDENTIALS"],
    ["InvalidUriPathException", "XksProxyInvalidConfigurationException", "XKS_PROXY_INVALID_CONFIGURATION"],
    ["AccessDeniedException", "XksProxyInvalidConfigurationException", "XKS_PROXY_ACCESS_DENIED"],
    ["DependencyTimeoutException", "XksProxyUriUnreachableException", "XKS_PROXY_TIMED_OUT"],
    ["InternalException", "XksProxyInvalidResponseException", "XKS_PROXY_NOT_REACHABLE"],
    ["garbage", "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"],
    ["silence", "XksProxyUriUnreachableException", "XKS_PROXY_TIMED_OUT"],
  ] as const;

  test.each(cases)("but with %s lets no key store be created: %s", async (misbehaviour, name) => {
    if (misbehaviour === "silence") kms = createKms({ keyStores: { fetch: recorded, proxyTimeout: 20 } });
    proxy.misbehaviour = misbehaviour;
    expect((await errorOf(created())).name).toBe(name);
    expect((await call("DescribeCustomKeyStores")).CustomKeyStores).toEqual([]);
  });

  test.each(cases.slice(0, -1))(
    "but with %s later lets the connection fail, for a reason like %s, with %s",
    async (...row) => {
      const CustomKeyStoreId = await created();
      proxy.misbehaviour = row[0];
      expect(await call("ConnectCustomKeyStore", { CustomKeyStoreId })).toEqual({});
      expect(await stateOf(CustomKeyStoreId)).toMatchObject({ ConnectionState: "FAILED", ConnectionErrorCode: row[2] });
    },
  );

  test("because its key managers are all unavailable is as good as unreachable", async () => {
    proxy.health = "UNAVAILABLE";
    expect((await errorOf(created())).name).toBe("XksProxyUriUnreachableException");
    proxy.health = "DEGRADED";
    expect((await stateOf(await created())).ConnectionState).toBe("DISCONNECTED");
  });

  test("is told from one that cannot be reached and from one whose certificate is wrong", async () => {
    const failing = (cause: object): Kms =>
      createKms({ keyStores: { fetch: () => Promise.reject(new TypeError("fetch failed", { cause })) } });
    for (const [code, message] of [
      ["ECONNREFUSED", PROXY_FAILURES.Unreachable.message],
      ["DEPTH_ZERO_SELF_SIGNED_CERT", PROXY_FAILURES.InvalidTls.message],
    ] as const) {
      kms = failing({ code });
      const error = await errorOf(created());
      expect([error.name, error.message]).toEqual(["XksProxyUriUnreachableException", message]);
    }
  });

  test("but with a ciphertext that was damaged on its way is not believed", async () => {
    const { KeyId } = await keyIn(await connected());
    const { fetch } = proxy;
    Object.defineProperty(proxy, "fetch", {
      value: async (request: Request) => {
        const answer = (await (await fetch(request)).json()) as Record<string, string>;
        const ciphertext = Buffer.from(answer["ciphertext"] ?? "", "base64");
        ciphertext[0]! ^= 1;
        return Response.json({ ...answer, ciphertext: ciphertext.toString("base64") });
      },
    });
    const error = await errorOf(call("Encrypt", { KeyId, Plaintext: utf8("x") }));
    expect([error.name, error.message]).toEqual(["KMSInvalidStateException", PROXY_FAILURES.Malformed.message]);
  });
});

test("Each proxy address is one key store's, and so is each VPC endpoint service", async () => {
  await created();
  expect((await errorOf(created({ CustomKeyStoreName: "Second" }))).name).toBe("XksProxyUriInUseException");
  const service = "com.amazonaws.vpce.us-east-1.vpce-svc-0example";
  const vpc = {
    XksProxyConnectivity: "VPC_ENDPOINT_SERVICE",
    XksProxyVpcEndpointServiceName: service,
    XksProxyUriPath: "/other/kms/xks/v1",
  };
  const shared = created({ CustomKeyStoreName: "Second", ...vpc });
  expect((await errorOf(shared)).name).toBe("XksProxyUriEndpointInUseException");
  const elsewhere = { ...vpc, XksProxyUriEndpoint: "https://vpc.example.com" };
  await created({ CustomKeyStoreName: "Second", ...elsewhere });
  const third = { ...elsewhere, CustomKeyStoreName: "Third", XksProxyUriEndpoint: "https://third.example.com" };
  expect((await errorOf(created(third))).name).toBe("XksProxyVpcEndpointServiceInUseException");
});

test("A VPC endpoint service is what a test tells of it", async () => {
  const XksProxyVpcEndpointServiceName = "com.amazonaws.vpce.us-east-1.vpce-svc-0example";
  const vpc = { XksProxyConnectivity: "VPC_ENDPOINT_SERVICE", XksProxyVpcEndpointServiceName };
  kms.surroundings.setVpcEndpointService(XksProxyVpcEndpointServiceName, "not found");
  expect((await errorOf(created(vpc))).name).toBe("XksProxyVpcEndpointServiceNotFoundException");
  kms.surroundings.setVpcEndpointService(XksProxyVpcEndpointServiceName, "available");
  const CustomKeyStoreId = await created(vpc);
  kms.surroundings.setVpcEndpointService(XksProxyVpcEndpointServiceName, "invalid configuration");
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  const ConnectionErrorCode = "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION";
  expect(await stateOf(CustomKeyStoreId)).toMatchObject({ ConnectionState: "FAILED", ConnectionErrorCode });
});

test("New credentials take effect with an update, which tries them", async () => {
  const CustomKeyStoreId = await created();
  const XksProxyAuthenticationCredential = {
    AccessKeyId: "ANOTHERACCESSKEYIDXX",
    RawSecretAccessKey: "x".repeat(43),
  };
  const update = call("UpdateCustomKeyStore", { CustomKeyStoreId, XksProxyAuthenticationCredential });
  expect((await errorOf(update)).name).toBe("XksProxyIncorrectAuthenticationCredentialException");
  const path = { CustomKeyStoreId, XksProxyUriPath: "/moved/kms/xks/v1" };
  expect((await errorOf(call("UpdateCustomKeyStore", path))).name).toBe("XksProxyInvalidConfigurationException");
  expect((await stateOf(CustomKeyStoreId)).XksProxyConfiguration.UriPath).toBe("/kms/xks/v1");
});

test("No random bytes come from an external key store", async () => {
  const input = { NumberOfBytes: 1, CustomKeyStoreId: await connected() };
  expect((await errorOf(call("GenerateRandom", input))).name).toBe("UnsupportedOperationException");
});

describe("The signature", () => {
  const credential = { accessKeyId: "HGIE2BUAFNDMBCMSQVWLGCEXAMPLE", secretAccessKey: "VU6W2byoiBrhDqNGbx703oL0syCA" };
  const signed = {
    host: "xks.acme.com",
    path: "/path/kms/xks/v1/health",
    body: utf8('{"requestMetadata":{}}'),
    region: "us-west-2",
    amzDate: "20211009T120000Z",
  };

  test("is Signature Version 4 of the service kms-xks-proxy, by another implementation of it", async () => {
    const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
    const canonical =
      "POST\n/path/kms/xks/v1/health\n\nhost:xks.acme.com\nx-amz-date:20211009T120000Z\n\nhost;x-amz-date\n" +
      sha256(signed.body);
    const scope = "20211009/us-west-2/kms-xks-proxy/aws4_request";
    const text = `AWS4-HMAC-SHA256\n20211009T120000Z\n${scope}\n${sha256(canonical)}`;
    const key = scope
      .split("/")
      .reduce<Uint8Array>(
        (secret, part) => createHmac("sha256", secret).update(part).digest(),
        Buffer.from(`AWS4${credential.secretAccessKey}`),
      );
    const signature = createHmac("sha256", key).update(text).digest("hex");
    expect(authorizationOf(credential, signed)).toBe(
      `AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });

  test("of another secret, another body or another time is refused by the proxy", async () => {
    const { XksProxyAuthenticationCredential: own } = proxy.parameters;
    const send = async (changes: Partial<typeof signed>, secret = own.RawSecretAccessKey): Promise<number> => {
      const amzDate = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
      const all = { ...signed, host: "xks.example.com", path: "/kms/xks/v1/health", amzDate, ...changes };
      const authorization = authorizationOf({ accessKeyId: own.AccessKeyId, secretAccessKey: secret }, all);
      const headers = { authorization, "x-amz-date": all.amzDate };
      const body = signed.body as Uint8Array<ArrayBuffer>;
      const url = "https://xks.example.com/kms/xks/v1/health";
      return (await proxy.fetch(new Request(url, { method: "POST", headers, body }))).status;
    };
    expect(await send({})).toBe(200);
    expect(await send({ body: utf8("{}") })).toBe(401);
    expect(await send({}, "another")).toBe(401);
    expect(await send({ amzDate: "20211009T120000Z" })).toBe(401);
    expect(await send({ host: "xks.acme.com" })).toBe(401);
  });
});

test("The integrity value is that of the specification's appendix C", async () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));
  const value = integrityValue(utf8("project=nile,department=marketing"), {
    authenticationTag: bytes("vBxN2ncH1oEkR8WVXpmyYQ=="),
    ciphertext: bytes("ghxkK1txeDNn3q8Y"),
    ciphertextMetadata: bytes("a2V5X3ZlcnNpb249MQ=="),
    initializationVector: bytes("HMrlRw85cAJUd5Ax"),
  });
  expect(Buffer.from(value).toString("base64")).toBe("qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=");
});

describe("Over a socket", () => {
  let server: Server;
  afterEach(() => server.close());

  test("the conversation is HTTP with JSON, and nothing of it depends on the process", async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", async () => {
        const headers = new Headers(request.headers as Record<string, string>);
        const url = `https://xks.example.com${request.url}`;
        const answer = await proxy.fetch(new Request(url, { method: "POST", headers, body: Buffer.concat(chunks) }));
        response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const fetch = async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      const body = await request.arrayBuffer();
      const headers = new Headers(request.headers);
      return globalThis.fetch(`http://127.0.0.1:${port}${pathname}`, { method: "POST", headers, body });
    };
    kms = createKms({ keyStores: { fetch, proxyTimeout: 5000 } });
    const { KeyId } = await keyIn(await connected());
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext: utf8("over a socket") });
    expect((await call("Decrypt", { CiphertextBlob })).Plaintext).toEqual(utf8("over a socket"));
  });
});
