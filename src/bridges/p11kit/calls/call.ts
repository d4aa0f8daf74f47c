import type { Application } from "../../c/application.ts";
import type { RawMechanism } from "../../c/mechanism.ts";
import { ensure } from "../../c/returned.ts";
import type { Version } from "../mechanisms.ts";
import type { Request, Response } from "../signature.ts";
import { NULL_BYTES } from "../wire.ts";

/** Who calls. */
export interface Caller {
  readonly application: Application;
  readonly version: Version;
}

/** A call of the protocol. */
export interface Call {
  readonly id: number;
  /** The function of PKCS #11, or the protocol's own form of one. */
  readonly name: string;
  /** The version from which on clients know it. */
  readonly since: Version;
  readonly request: string;
  readonly response: string;
  readonly run: (caller: Caller, args: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;
}

/** A call whose results are listed. */
export function call<const Q extends string, const R extends string>(
  id: number,
  since: Version,
  name: string,
  request: Q,
  response: R,
  run: (caller: Caller, ...args: Request<Q>) => Response<R> | Promise<Response<R>>,
): Call {
  return { id, name, since, request, response, run: (caller, args) => run(caller, ...(args as Request<Q>)) };
}

/** A call that is a function of the C interface (../../c/functions) as it stands, with one result or none. */
export function plain<const Q extends string, const R extends "" | "u" | "ay">(
  id: number,
  since: Version,
  name: string,
  request: Q,
  response: R,
  run: (application: Application, ...args: Request<Q>) => R extends "" ? unknown : Response<R>[0],
): Call {
  const listed = ({ application }: Caller, ...args: Request<Q>): unknown[] => {
    const result = run(application, ...args);
    return response === "" ? [] : [result];
  };
  return { id, name, since, request, response, run: (caller, args) => listed(caller, ...(args as Request<Q>)) };
}

/** A PIN or a name. @throws ReturnedError CKR_ARGUMENTS_BAD for NULL_PTR: this token has no keypad of its own */
export function textOf(bytes: Uint8Array): string {
  ensure(
    bytes !== NULL_BYTES,
    "CKR_ARGUMENTS_BAD",
    "the token has no protected authentication path: a PIN is expected",
  );
  return new TextDecoder().decode(bytes);
}

/** A mechanism where there must be one. @throws ReturnedError CKR_ARGUMENTS_BAD */
export function chosen(mechanism: RawMechanism | undefined): RawMechanism {
  ensure(mechanism !== undefined, "CKR_ARGUMENTS_BAD", "a mechanism is expected");
  return mechanism;
}
