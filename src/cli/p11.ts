/** `pocket-hsm p11`: the token for native programs, through p11-kit's client module, until the process is told to end. */

import { seededEntropy } from "../crypto/entropy.ts";
import { CkrError } from "../cryptoki/error.ts";
import { createHsm, type Hsm } from "../index.ts";
import { nodeEngine } from "../node.ts";
import { CommandError } from "./command-error.ts";
import { listen } from "./p11/socket.ts";
import { report, signal } from "./serving.ts";

/** The options as read (options.ts). */
export interface P11Settings {
  readonly socket: string;
  readonly pin?: string;
  readonly soPin?: string;
  readonly label: string;
  readonly slots: number;
  readonly policy: "strict" | "pkcs11";
  readonly engine: "pure" | "node";
  readonly hardened?: true;
  readonly entropySeed?: Uint8Array;
}

/**
 * Serves until SIGTERM or SIGINT; a second signal ends the process at once.
 * @throws CommandError
 */
export async function p11(settings: P11Settings): Promise<void> {
  const listener = await listen(settings.socket, { hsm: hsmOf(settings), onError: report });
  process.stdout.write(`pocket-hsm PKCS #11 server P11_KIT_SERVER_ADDRESS=unix:path=${listener.path}\n`);
  await signal("SIGTERM", "SIGINT");
  await listener.close();
  process.exit(0);
}

/** @throws CommandError */
function hsmOf({ pin, soPin, label, slots, policy, engine, hardened, entropySeed }: P11Settings): Hsm {
  try {
    return createHsm({
      label,
      slots,
      policy,
      ...(pin !== undefined && { pin }),
      ...(soPin !== undefined && { soPin }),
      ...(engine === "node" && { engine: nodeEngine }),
      ...(hardened && { hardened }),
      ...(entropySeed && { entropy: seededEntropy(entropySeed) }),
    });
  } catch (error) {
    if (error instanceof CkrError) throw new CommandError(error.message);
    throw error;
  }
}
