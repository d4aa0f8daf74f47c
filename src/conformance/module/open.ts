/** Opening a session with a PKCS #11 module for the suites: the slot, the login, and what the module says of itself. */

import type { Engine } from "../../crypto/engine.ts";
import type { SuiteBench } from "../suite.ts";
import type { Dialect } from "./attributes.ts";
import type { LibraryInfo, ModuleHandle, ModuleTokenInfo, Pkcs11Binding } from "./binding.ts";
import { translated } from "./return-values.ts";
import { ModuleSession } from "./session.ts";

export interface ModuleSettings {
  /** The id of a slot or the label of its token; without it the first slot with an initialised token. */
  readonly slot?: string;
  /** The PIN of the user; without it nobody logs in, and all objects are public session objects. */
  readonly pin?: string;
  /** Told of each case before it begins. */
  readonly note?: (caseId: string) => void;
}

/** What C_GetInfo and C_GetTokenInfo tell, without the blanks at the end. */
export interface ModuleInfo {
  readonly manufacturer: string;
  readonly description: string;
  readonly libraryVersion: string;
  readonly cryptokiVersion: string;
  readonly tokenManufacturer: string;
  readonly tokenModel: string;
}

export interface OpenModule {
  readonly info: ModuleInfo;
  readonly bench: SuiteBench;
  /** Closes the session and the module. */
  close(): void;
}

/** A module that cannot be used as it was asked for; the message says what would help. */
export class ModuleOpenError extends Error {
  override readonly name: string = "ModuleOpenError";
}

// biome-ignore format: a table
const CKF = { SERIAL_SESSION: 0x4, TOKEN_INITIALIZED: 0x400 } as const;
const CKU_USER = 1;

/**
 * Opens a read-only session: session objects are all that the suites make, so the token is left as it is.
 * @throws ModuleOpenError
 */
export function openModule(binding: Pkcs11Binding, engine: Engine, settings: ModuleSettings = {}): OpenModule {
  const library = tried("the module cannot be initialised", () => {
    binding.C_Initialize();
    return binding.C_GetInfo();
  });
  const { slot, token } = chosenSlot(binding, settings.slot);
  const session = tried("no session can be opened", () => binding.C_OpenSession(slot, CKF.SERIAL_SESSION));
  const { pin } = settings;
  if (pin !== undefined) tried("the login failed", () => binding.C_Login(session, CKU_USER, pin));
  const dialect: Dialect = {
    ulongBytes: slot.length,
    wrapsOctetPoints: isBefore(library.cryptokiVersion, 3, 1),
    isPrivate: pin !== undefined,
  };
  const own = new ModuleSession(binding, slot, session, dialect, settings.note);
  return {
    info: infoOf(library, token),
    bench: {
      engine,
      session: own,
      lax: own,
      offers: (mechanism, operation) => own.offers(mechanism, operation),
      module: own,
    },
    close() {
      binding.C_CloseSession(session);
      binding.C_Finalize();
      binding.close();
    },
  };
}

interface Slot {
  readonly slot: ModuleHandle;
  readonly token: ModuleTokenInfo;
}

/** @throws ModuleOpenError that lists what there is */
function chosenSlot(binding: Pkcs11Binding, wanted: string | undefined): Slot {
  const slots = tried("the slots cannot be listed", () =>
    binding.C_GetSlotList(true).map((slot): Slot => ({ slot, token: binding.C_GetTokenInfo(slot) })),
  );
  const usable = slots.filter(({ token }) => (token.flags & CKF.TOKEN_INITIALIZED) !== 0);
  const found = usable.find(
    ({ slot, token }) => wanted === undefined || token.label.trimEnd() === wanted || idOf(slot) === wanted,
  );
  if (found !== undefined) return found;
  const listed = usable.map(({ slot, token }) => `${idOf(slot)} (${token.label.trimEnd()})`).join(", ");
  if (usable.length === 0) throw new ModuleOpenError("the module has no slot with an initialised token");
  throw new ModuleOpenError(`no slot or token is called ${wanted}; there are ${listed}`);
}

function idOf(slot: ModuleHandle): string {
  return String(slot.reduceRight((id, byte) => id * 256n + BigInt(byte), 0n));
}

function isBefore({ major, minor }: LibraryInfo["cryptokiVersion"], otherMajor: number, otherMinor: number): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function infoOf(library: LibraryInfo, token: ModuleTokenInfo): ModuleInfo {
  const version = ({ major, minor }: LibraryInfo["libraryVersion"]): string => `${major}.${minor}`;
  return {
    manufacturer: library.manufacturerID.trimEnd(),
    description: library.libraryDescription.trimEnd(),
    libraryVersion: version(library.libraryVersion),
    cryptokiVersion: version(library.cryptokiVersion),
    tokenManufacturer: token.manufacturerID.trimEnd(),
    tokenModel: token.model.trimEnd(),
  };
}

/** @throws ModuleOpenError with what was attempted and the return value */
function tried<T>(what: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new ModuleOpenError(`${what}: ${translated(error).message}`);
  }
}
