/** AWS STS, AssumeRole, GetCallerIdentity and GetSessionToken, in the AWS Query protocol (API version 2011-06-15). */

import { utf8 } from "../bytes/bytes.ts";
import { asKmsError, type KmsErrorName } from "../kms/errors.ts";
import type { TemporaryCredentials } from "../kms/identities.ts";
import { validate } from "../kms/validate.ts";
import { credentialsOf } from "./credentials.ts";
import type { Content, StsService, WireCredentials, WireOptions, WireRequest } from "./wire-service.ts";

const VERSION = "2011-06-15";
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;
/** API reference, AssumeRole and GetSessionToken, DurationSeconds. */
const [ROLE_SECONDS, SESSION_SECONDS] = [3600, 43_200];

/** Elements by name, in order: text, or elements again. */
type Xml = { readonly [element: string]: string | Xml };

/** A refusal in the words of STS. */
class StsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What the service's errors are called in STS (API reference, common errors), with the HTTP status. */
const FROM_KMS: Readonly<Partial<Record<KmsErrorName, readonly [code: string, status: number]>>> = {
  AccessDeniedException: ["AccessDenied", 403],
  ExpiredTokenException: ["ExpiredToken", 403],
  IncompleteSignatureException: ["IncompleteSignature", 400],
  InvalidSignatureException: ["SignatureDoesNotMatch", 403],
  MissingAuthenticationTokenException: ["MissingAuthenticationToken", 403],
  SerializationException: ["MalformedInput", 400],
  ThrottlingException: ["Throttling", 400],
  UnrecognizedClientException: ["InvalidClientTokenId", 403],
  ValidationException: ["ValidationError", 400],
};

/** Answers one form-encoded request. Never rejects: unexpected errors are a 500 and given to `options.onError`. */
export async function answerSts(
  sts: StsService,
  request: WireRequest,
  body: Uint8Array,
  requestId: string,
  options: WireOptions,
): Promise<Content> {
  try {
    // A signed URL has its parameters in the query.
    const form = request.method === "GET" ? request.query : parseForm(body);
    const credentials = credentialsOf(request, body, "sts", options.signatures);
    const action = form.get("Action") ?? "";
    const version = form.get("Version") ?? "";
    const perform = version === VERSION && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (perform === undefined) {
      throw new StsError("InvalidAction", `Could not find operation ${action} for version ${version}`);
    }
    const result = await perform(sts, form, credentials);
    return xml(200, `${action}Response`, {
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: requestId },
    });
  } catch (thrown) {
    const error = asStsError(thrown, options);
    const Type = error.status >= 500 ? "Receiver" : "Sender";
    return xml(error.status, "ErrorResponse", {
      Error: { Type, Code: error.code, Message: error.message },
      RequestId: requestId,
    });
  }
}

type Action = (sts: StsService, form: URLSearchParams, credentials: WireCredentials) => Promise<Xml>;

const ACTIONS: { readonly [name: string]: Action } = {
  async AssumeRole(sts, form, credentials) {
    // A session policy narrows what the role may do. To ignore one would grant more than was asked for.
    for (const name of form.keys()) {
      if (/^Policy(Arns)?(\.|$)/.test(name)) throw new StsError("ValidationError", `${name} is not supported here`);
    }
    const tags = tagsIn(form);
    const input = validate(ASSUME_ROLE, {
      RoleArn: form.get("RoleArn"),
      RoleSessionName: form.get("RoleSessionName"),
      DurationSeconds: integerOf(form.get("DurationSeconds")),
    });
    const role = await sts.assumeRole(
      {
        roleArn: input.RoleArn,
        sessionName: input.RoleSessionName,
        durationSeconds: input.DurationSeconds ?? ROLE_SECONDS,
        ...(tags && { tags }),
      },
      credentials,
    );
    return {
      AssumedRoleUser: { AssumedRoleId: role.assumedRoleId, Arn: role.assumedRoleArn },
      Credentials: credentialsXml(role),
    };
  },

  async GetCallerIdentity(sts, _form, credentials) {
    const identity = await sts.getCallerIdentity(credentials);
    return { Arn: identity.arn, UserId: identity.userId, Account: identity.account };
  },

  async GetSessionToken(sts, form, credentials) {
    const input = validate(GET_SESSION_TOKEN, { DurationSeconds: integerOf(form.get("DurationSeconds")) });
    const issued = await sts.getSessionToken(input.DurationSeconds ?? SESSION_SECONDS, credentials);
    return { Credentials: credentialsXml(issued) };
  },
};

function credentialsXml({ accessKeyId, secretAccessKey, sessionToken, expiration }: TemporaryCredentials): Xml {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/** `Tags.member.1.Key=…&Tags.member.1.Value=…` */
function tagsIn(form: URLSearchParams): Readonly<Record<string, string>> | undefined {
  const tags: [string, string][] = [];
  for (let i = 1; form.has(`Tags.member.${i}.Key`); i++) {
    tags.push([form.get(`Tags.member.${i}.Key`) as string, form.get(`Tags.member.${i}.Value`) ?? ""]);
  }
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}

/** The members of AssumeRole that are read, with the constraints of the STS service model. */
const ASSUME_ROLE = {
  type: "structure",
  members: {
    RoleArn: "StsRoleArnType",
    RoleSessionName: "StsRoleSessionNameType",
    DurationSeconds: "StsRoleDurationSecondsType",
  },
  required: ["RoleArn", "RoleSessionName"],
} as const;

const GET_SESSION_TOKEN = {
  type: "structure",
  members: { DurationSeconds: "StsDurationSecondsType" },
  required: [],
} as const;

function parseForm(body: Uint8Array): URLSearchParams {
  try {
    return new URLSearchParams(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new StsError("MalformedInput", "The request body is not form-encoded UTF-8");
  }
}

function integerOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^-?[0-9]{1,9}$/.test(text)) throw new StsError("MalformedInput", "DurationSeconds must be an integer");
  return Number(text);
}

function asStsError(thrown: unknown, options: WireOptions): StsError {
  if (thrown instanceof StsError) return thrown;
  const error = asKmsError(thrown);
  const [code, status] = FROM_KMS[error.name] ?? ["InternalFailure", 500];
  if (status < 500) return new StsError(code, error.wireMessage ?? "", status);
  options.onError?.(error.cause ?? error);
  return new StsError(code, "The request processing has failed because of an internal error.", status);
}

function xml(status: number, root: string, children: Xml): Content {
  const text = `<${root} xmlns="${NAMESPACE}">\n${elements(children, "  ")}</${root}>\n`;
  return { status, type: "text/xml", body: utf8(text) };
}

function elements(children: Xml, indent: string): string {
  return Object.entries(children)
    .map(([name, content]) =>
      typeof content === "string"
        ? `${indent}<${name}>${escapeText(content)}</${name}>\n`
        : `${indent}<${name}>\n${elements(content, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;" };

/** Character data (XML 1.0, 2.2 and 2.4); what no XML document can hold is replaced by U+FFFD. */
function escapeText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}
