/** The client in the same process: the SDK client's `send`, without the wire. */

import { after, caught } from "../storage/soon.ts";
import { KmsError } from "./errors.ts";
import { OPERATIONS } from "./operations.ts";
import type { KmsService } from "./service.ts";

/** A command of `@aws-sdk/client-kms`, as far as it is looked at: its class names the operation. */
export interface Command<Input extends object = object, Output extends object = object> {
  readonly input: Input;
  /** As the SDK's commands have it; here it only says what `send` resolves to. */
  resolveMiddleware?(...args: never[]): (...args: never[]) => Promise<{ output: Output }>;
}

export interface ResponseMetadata {
  readonly httpStatusCode: number;
  readonly requestId: string;
  readonly attempts: number;
  readonly totalRetryDelay: number;
}

export interface KmsClient {
  /**
   * Sends a command, such as `new EncryptCommand({ … })`. The answer has what the SDK's has, `$metadata` included.
   * @throws KmsError, which the SDK's exception classes recognise as their own.
   */
  send<Output extends object>(
    command: Command<object, Output>,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<Output>;
  /** Nothing to end: it is here so that the client can stand in for the SDK's. */
  destroy(): void;
}

export interface ClientOptions {
  readonly nextRequestId: () => string;
  /** Is told of every unexpected error; callers see only KMSInternalException. */
  readonly onError?: (error: unknown) => void;
}

/** @param call the service's `call` for one caller. */
export function createClient(
  call: (operation: string, input: unknown, requestId: string) => ReturnType<KmsService["call"]>,
  { nextRequestId, onError }: ClientOptions,
): KmsClient {
  const reported = (error: unknown): never => {
    const isInternal = error instanceof KmsError && error.name === "KMSInternalException";
    if (isInternal && error.cause !== undefined) onError?.(error.cause);
    throw error;
  };
  return {
    // What it gives at once becomes the one promise of the whole call.
    async send<Output extends object>(
      command: Command<object, Output>,
      options?: { readonly abortSignal?: AbortSignal },
    ): Promise<Output> {
      refuseAborted(options?.abortSignal);
      const requestId = nextRequestId();
      const answer = caught(() => call(operationOf(command), command?.input, requestId), reported);
      return after(answer, (output) => {
        const $metadata: ResponseMetadata = { httpStatusCode: 200, requestId, attempts: 1, totalRetryDelay: 0 };
        // Into the output itself, which is this call's own: a copy takes V8 up to half a microsecond.
        const answer = (output ?? {}) as { $metadata?: ResponseMetadata };
        answer.$metadata = $metadata;
        return answer as Output;
      });
    },
    destroy() {},
  };
}

/** The operations by the names of their commands: a text that is cut anew each time is slower to look up by. */
const OPERATION_OF: ReadonlyMap<string, string> = new Map(
  Object.keys(OPERATIONS).map((operation) => [`${operation}Command`, operation]),
);

function operationOf(command: object | undefined): string {
  const name = command?.constructor?.name ?? "";
  return OPERATION_OF.get(name) ?? (name.endsWith("Command") ? name.slice(0, -"Command".length) : name);
}

/** The SDK knows an aborted call by the error's name. */
function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const error = new Error("Request aborted");
  error.name = "AbortError";
  throw error;
}
