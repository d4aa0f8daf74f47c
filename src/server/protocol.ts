import type { KmsError } from "../kms/errors.ts";
import type { StructureShape } from "../kms/shapes.ts";

/** How inputs, outputs and exceptions look on the wire. */
export interface Protocol {
  /** The content type of every answer that has a body. */
  readonly type: string;
  /** The content type of an answer without a body. */
  readonly emptyType: string | undefined;
  /** What every answer carries beside it. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A request body as the service takes it: blobs are bytes and timestamps dates; all else is for `validate` to check.
   * @throws KmsError SerializationException
   */
  decodeInput(shape: StructureShape, body: Uint8Array): unknown;
  /** An output as a body; empty for an operation that has none. */
  encodeOutput(output: object | undefined): Uint8Array;
  /** An exception as a body. Some have no message, and then the member is not there. */
  encodeError(error: KmsError): Uint8Array;
}
