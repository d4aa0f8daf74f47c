/** The endpoint on plain values: AWS JSON 1.1 and RPC v2 CBOR for KMS, AWS Query for STS, one answer for every request. */

import { asKmsError, fail, INTERNAL_ERROR_TEXT, KmsError } from "../kms/errors.ts";
import { inputShape, type OperationName } from "../kms/inputs.ts";
import { ConnectionDropped } from "../kms/interception.ts";
import { isOperation, OPERATIONS } from "../kms/operations.ts";
import { after, caught, type Soon } from "../storage/soon.ts";
import { rpcV2Cbor } from "./cbor-codec.ts";
import { credentialsOf } from "./credentials.ts";
import { awsJson } from "./json-codec.ts";
import type { Protocol } from "./protocol.ts";
import type { SignatureRules } from "./sigv4.ts";
import { answerSts } from "./sts.ts";
import {
  type Answer,
  CONTROL_PREFIX,
  type Connection,
  type Content,
  MAX_BODY_BYTES,
  type WireOptions,
  type WireRequest,
  type WireService,
} from "./wire-service.ts";

/** Operations by what `X-Amz-Target` calls them (service model, targetPrefix). */
const TARGETS: ReadonlyMap<string, OperationName> = new Map(
  (Object.keys(OPERATIONS) as OperationName[]).map((operation) => [`TrentService.${operation}`, operation]),
);
const FORM_TYPE = "application/x-www-form-urlencoded";
const JSON_TYPES: readonly string[] = [awsJson.type, "application/x-amz-json-1.0", "application/json"];
/** The end of a path of RPC v2 CBOR; before it there may be a prefix (smithy.io, RPC v2 CBOR, "Requests"). */
const RPC_PATH = /\/service\/TrentService\/operation\/([A-Za-z]{1,64})$/;

export type Endpoint = (request: WireRequest) => Promise<Answer>;
/** An endpoint whose answer is there at once when nothing has to be waited for: throws or rejects as an endpoint rejects. */
export type Answerer = (request: WireRequest) => Soon<Answer>;

/**
 * Answers `POST /` as the KMS endpoint does, and `POST …/service/TrentService/operation/…`. Whatever is wrong with a
 * request is a 4xx answer, and what goes wrong behind it a 500 with a fixed text, its cause given to `options.onError`.
 * It rejects for one reason only: ConnectionDropped, when a fault rule wants the client to get no answer.
 */
export function createEndpoint(service: WireService, options?: WireOptions): Endpoint {
  const answerer = createAnswerer(service, options);
  return async (request) => answerer(request);
}

/** As {@link createEndpoint}, for a way in that need not wait. */
export function createAnswerer(service: WireService, options: WireOptions = {}): Answerer {
  const nextRequestId = options.requestId ?? (() => crypto.randomUUID());
  const unexpected = (error: unknown): Content => {
    if (error instanceof ConnectionDropped) throw error;
    options.onError?.(error);
    return refusal(awsJson, new KmsError("KMSInternalException", INTERNAL_ERROR_TEXT));
  };
  return (request) => {
    const requestId = nextRequestId();
    const content = caught(() => contentOf(service, request, requestId, options), unexpected);
    return after(content, (found) => answerOf(found, requestId, options.signatures));
  };
}

function answerOf(content: Content, requestId: string, signatures: SignatureRules | undefined): Answer {
  const { status, type, body } = content;
  const headers: Record<string, string> = { ...content.headers };
  if (type !== undefined) headers["content-type"] = type;
  headers["content-length"] = String(body.length);
  headers["cache-control"] = "no-cache, no-store, must-revalidate, private";
  headers["x-amzn-requestid"] = requestId;
  // By the clock that signatures are held against, so that a client that is behind can correct itself.
  if (signatures) headers["date"] = new Date(signatures.now()).toUTCString();
  return { status, headers, body };
}

function contentOf(service: WireService, request: WireRequest, requestId: string, options: WireOptions): Soon<Content> {
  const { body } = request;
  if (body === "broken") return text(400, "The request body ended before its time\n");
  if (body === "too large" || body.length > MAX_BODY_BYTES) {
    return text(413, `The request body is larger than ${MAX_BODY_BYTES} bytes\n`);
  }
  if (options.control !== undefined && request.path.startsWith(CONTROL_PREFIX)) return options.control(request);
  if (request.method === "GET" && request.path === "/" && request.query.has("Action")) {
    return answerSts(service.sts, request, body, requestId, options);
  }
  if (request.method !== "POST") return notFound();
  const type = mediaType(request.header("content-type"));
  if (request.path === "/" && type === FORM_TYPE) return answerSts(service.sts, request, body, requestId, options);
  const exchange: Exchange = { service, request, body, requestId, options };
  return request.path === "/" ? answerKms(exchange, jsonCall(request, type)) : answerRpc(exchange, type);
}

interface Exchange {
  readonly service: WireService;
  readonly request: WireRequest;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly options: WireOptions;
}

/** What a request calls in which protocol, where it names an operation. */
interface Called {
  readonly protocol: Protocol;
  readonly operation: OperationName | undefined;
}

function jsonCall({ header }: WireRequest, type: string): Called {
  const operation = JSON_TYPES.includes(type) ? TARGETS.get(header("x-amz-target") ?? "") : undefined;
  return { protocol: awsJson, operation };
}

function answerRpc(exchange: Exchange, type: string): Soon<Content> {
  const { path, header } = exchange.request;
  const [, name] = RPC_PATH.exec(path) ?? [];
  if (name === undefined) return notFound();
  const isRpc = header("smithy-protocol") === "rpc-v2-cbor" && (type === rpcV2Cbor.type || exchange.body.length === 0);
  return answerKms(exchange, { protocol: rpcV2Cbor, operation: isRpc && isOperation(name) ? name : undefined });
}

function answerKms(exchange: Exchange, { protocol, operation }: Called): Soon<Content> {
  const { service, request, body, requestId, options } = exchange;
  const called = (): Soon<Content> => {
    const credentials = credentialsOf(request, body, "kms", options.signatures);
    // That the status is 400 is our choice, it is not recorded.
    if (operation === undefined) fail("UnknownOperationException");
    const input = protocol.decodeInput(inputShape(operation), body);
    const output = service.call(operation, input, credentials, connectionOf(request), requestId);
    return after(output, (members) => success(protocol, members));
  };
  return caught(called, (thrown) => {
    if (thrown instanceof ConnectionDropped) throw thrown;
    const error = asKmsError(thrown);
    // Without a cause it is a fault rule's, which nobody needs to be told of.
    if (error.name === "KMSInternalException" && error.cause !== undefined) options.onError?.(error.cause);
    return refusal(protocol, error);
  });
}

function success({ encodeOutput, headers, type, emptyType }: Protocol, output: object | undefined): Content {
  const body = encodeOutput(output);
  return { status: 200, type: body.length === 0 ? emptyType : type, headers, body };
}

function connectionOf({ connection, header }: WireRequest): Connection {
  return {
    sourceIp: connection?.sourceIp,
    secureTransport: connection?.secureTransport,
    userAgent: header("user-agent") ?? undefined,
  };
}

function mediaType(contentType: string | null): string {
  if (contentType === null) return "";
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** The name is in a header too, where proxies and logs see it (smithy.io, AWS JSON 1.1, "X-Amzn-Errortype"). */
function refusal({ type, headers, encodeError }: Protocol, error: KmsError): Content {
  const body = encodeError(error);
  return {
    status: error.$metadata.httpStatusCode,
    type,
    headers: { ...headers, "x-amzn-errortype": error.name },
    body,
  };
}

function notFound(): Content {
  return text(404, "This is a KMS endpoint: POST / with X-Amz-Target: TrentService.<operation>\n");
}

function text(status: number, message: string): Content {
  return { status, type: "text/plain; charset=utf-8", body: new TextEncoder().encode(message) };
}
