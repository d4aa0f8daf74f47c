/** A service behind the wire that answers from a table, and remembers what it was asked. */

import { KmsError } from "../../src/kms/errors.ts";
import type { RoleRequest } from "../../src/kms/identities.ts";
import type { OperationName } from "../../src/kms/inputs.ts";
import { INPUTS } from "../../src/kms/model.ts";
import { validate } from "../../src/kms/validate.ts";
import type { StsService, WireCredentials, WireService } from "../../src/server/wire-service.ts";

export interface FakeService extends WireService {
  readonly calls: { operation: OperationName; input: object; credentials: WireCredentials }[];
  readonly roles: RoleRequest[];
}

export const KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

type Handler = (input: never) => object | undefined | Promise<object | undefined>;

/** Validates as the real service does, then answers by `handlers`, or with an empty object. */
export function fakeService(
  handlers: Partial<Record<OperationName, Handler>> = {},
  sts: Partial<StsService> = {},
): FakeService {
  const calls: FakeService["calls"] = [];
  const roles: RoleRequest[] = [];
  return {
    calls,
    roles,
    async call(operation, input, credentials) {
      const checked = validate(INPUTS[operation], input);
      const { accessKeyId, region, sessionToken } = credentials;
      const read = {
        ...(accessKeyId && { accessKeyId }),
        ...(region && { region }),
        ...(sessionToken && { sessionToken }),
      };
      calls.push({ operation, input: checked, credentials: read });
      return handlers[operation]?.(checked as never);
    },
    sts: {
      async assumeRole(request) {
        roles.push(request);
        if (request.roleArn.endsWith("Denied")) throw new KmsError("AccessDeniedException", "not <you> & me");
        return {
          accessKeyId: "ASIAEXAMPLE",
          secretAccessKey: "c2VjcmV0+/=",
          sessionToken: "token/with+signs==",
          expiration: new Date("2030-01-02T03:04:05.678Z"),
          assumedRoleArn: `arn:aws:sts::111122223333:assumed-role/SenderRole/${request.sessionName}`,
          assumedRoleId: `AROAEXAMPLE:${request.sessionName}`,
        };
      },
      async getSessionToken() {
        return {
          accessKeyId: "ASIAEXAMPLE",
          secretAccessKey: "secret",
          sessionToken: "token",
          expiration: new Date("2030-01-02T03:04:05.678Z"),
        };
      },
      async getCallerIdentity(credentials) {
        return {
          arn: "arn:aws:iam::111122223333:user/a",
          account: "111122223333",
          userId: `${credentials.accessKeyId}`,
        };
      },
      ...sts,
    },
  };
}

/** A request as a client of the JSON protocol sends it. */
export function post(
  target: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Request {
  return new Request("http://localhost/", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target, ...headers },
    body,
  });
}
