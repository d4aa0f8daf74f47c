/** SoftHSM2 with a token of its own. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where Debian, and SoftHSM2's own installation, put the module. */
const LIBRARIES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"];
export const SOFTHSM2: string = LIBRARIES.find((path) => existsSync(path)) ?? (LIBRARIES[0] as string);

export const PIN = "1234";
export const SO_PIN = "12345678";

/** A token in a folder; the environment in which SoftHSM2 sees it and no other. */
export function softHsmToken(directory: string, label: string): { readonly SOFTHSM2_CONF: string } {
  const tokens = join(directory, "tokens");
  mkdirSync(tokens, { recursive: true });
  const SOFTHSM2_CONF = join(directory, "softhsm2.conf");
  writeFileSync(SOFTHSM2_CONF, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const made = spawnSync(
    "softhsm2-util",
    ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN],
    { env: { ...process.env, SOFTHSM2_CONF }, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`softhsm2-util: ${made.stderr}`);
  return { SOFTHSM2_CONF };
}
