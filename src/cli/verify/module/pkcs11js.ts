/** The binding to PKCS #11 modules, an optional peer of this package. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Pkcs11Binding } from "../../../conformance/module/binding.ts";

/** The module cannot be opened; the message is for the command line. */
export class ModuleLoadError extends Error {
  override readonly name: string = "ModuleLoadError";
}

/**
 * The PKCS #11 module at a path.
 * @throws ModuleLoadError when it, or `pkcs11js`, is not there or cannot be loaded
 */
export function loadModule(path: string): Pkcs11Binding {
  const { PKCS11 } = pkcs11js();
  if (!existsSync(path)) throw new ModuleLoadError(`there is no PKCS #11 module at ${path}`);
  const binding = new PKCS11();
  try {
    binding.load(path);
  } catch (error) {
    throw new ModuleLoadError(`${path} cannot be loaded as a PKCS #11 module: ${(error as Error).message}`);
  }
  return binding;
}

/** As this package sees it, or as the working directory does, for who runs it from elsewhere. */
function pkcs11js(): { readonly PKCS11: new () => Pkcs11Binding } {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    const require = createRequire(from);
    try {
      require.resolve("pkcs11js");
    } catch {
      continue;
    }
    try {
      return require("pkcs11js") as { readonly PKCS11: new () => Pkcs11Binding };
    } catch (error) {
      const reason = String((error as Error).message).split("\n")[0];
      throw new ModuleLoadError(`pkcs11js is installed but cannot be loaded: ${reason}`);
    }
  }
  throw new ModuleLoadError("--module needs the package pkcs11js: get it with npm i -D pkcs11js");
}
