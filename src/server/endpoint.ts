/** The endpoint on plain values: AWS JSON 1.1 for KMS, AWS Query for STS, one answer for every request. */

import { asKmsError, INTERNAL_ERROR_TEXT, KmsError } from "../kms/errors.ts";
import { inputShape, type OperationName } from "../kms/inputs.ts";
import { ConnectionDropped } from "../kms/interception.ts";
import { isOperation } from "../kms/operations.ts";
import { readCredentials } from "./credentials.ts";
import { decodeInput, encodeError, encodeOutput } from "./json-codec.ts";
import { answerSts } from "./sts.ts";
import {
  type Answer,
  CONTROL_PREFIX,
  type Content,
  MAX_BODY_BYTES,
  type WireOptions,
  type WireRequest,
  type WireService,
} from "./wire-service.ts";

/** The name under which AWS KMS lists its operations in `X-Amz-Target` (service model, targetPrefix). */
const TARGET_PREFIX = "TrentService.";
const JSON_TYPE = "application/x-amz-json-1.1";
const FORM_TYPE = "application/x-www-form-urlencoded";
const JSON_TYPES: readonly string[] = [JSON_TYPE, "application/x-amz-json-1.0", "application/json"];

export type Endpoint = (request: WireRequest) => Promise<Answer>;

/**
 * Answers `POST /` as the KMS endpoint does. Whatever is wrong with a request is a 4xx answer, and what goes wrong behind
 * it a 500 with a fixed text, its cause given to `options.onError`. It rejects for one reason only: ConnectionDropped,
 * when a fault rule wants the client to get no answer.
 */
export function createEndpoint(service: WireService, options: WireOptions = {}): Endpoint {
  const nextRequestId = options.requestId ?? (() => crypto.randomUUID());
  return async (request) => {
    const requestId = nextRequestId();
    const content = await contentOf(service, request, requestId, options).catch((error: unknown) => {
      if (error instanceof ConnectionDropped) throw error;
      options.onError?.(error);
      return jsonError(new KmsError("KMSInternalException", INTERNAL_ERROR_TEXT));
    });
    const headers = {
      "content-type": content.type,
      "content-length": String(content.body.length),
      "cache-control": "no-cache, no-store, must-revalidate, private",
      "x-amzn-requestid": requestId,
    };
    return { status: content.status, headers, body: content.body };
  };
}

async function contentOf(
  service: WireService,
  request: WireRequest,
  requestId: string,
  options: WireOptions,
): Promise<Content> {
  const { body } = request;
  if (body === "broken") return text(400, "The request body ended before its time\n");
  if (body === "too large" || body.length > MAX_BODY_BYTES) {
    return text(413, `The request body is larger than ${MAX_BODY_BYTES} bytes\n`);
  }
  if (options.control !== undefined && request.path.startsWith(CONTROL_PREFIX)) return options.control(request);
  if (request.method !== "POST" || request.path !== "/") {
    return text(404, "This is a KMS endpoint: POST / with X-Amz-Target: TrentService.<operation>\n");
  }
  const type = mediaType(request.header("content-type"));
  if (type === FORM_TYPE) return answerSts(service.sts, request, body, requestId, options);
  try {
    const credentials = readCredentials(request);
    const operation = operationOf(request.header("x-amz-target"), type);
    const input = decodeInput(inputShape(operation), body);
    const output = await service.call(operation, input, credentials, requestId);
    return { status: 200, type: JSON_TYPE, body: encodeOutput(output) };
  } catch (thrown) {
    if (thrown instanceof ConnectionDropped) throw thrown;
    const error = asKmsError(thrown);
    // Without a cause it is a fault rule's, which nobody needs to be told of.
    if (error.name === "KMSInternalException" && error.cause !== undefined) options.onError?.(error.cause);
    return jsonError(error);
  }
}

/** @throws KmsError UnknownOperationException; that its status is 400 is our choice, it is not recorded. */
function operationOf(target: string | null, type: string): OperationName {
  const name = target?.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : "";
  if (!JSON_TYPES.includes(type) || !isOperation(name)) throw new KmsError("UnknownOperationException");
  return name;
}

function mediaType(contentType: string | null): string {
  return (contentType ?? "").split(";", 1).join().trim().toLowerCase();
}

function jsonError(error: KmsError): Content {
  return { status: error.$metadata.httpStatusCode, type: JSON_TYPE, body: encodeError(error) };
}

function text(status: number, message: string): Content {
  return { status, type: "text/plain; charset=utf-8", body: new TextEncoder().encode(message) };
}
