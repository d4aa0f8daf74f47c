import { createHsm, Hsm, type HsmOptions } from "../../token/hsm.ts";

/**
 * What `load` takes in the place of a path: an HSM, the options of one, or options as text,
 * `pocket-hsm:?label=…&pin=…&policy=pkcs11`, where a program passes on nothing but strings.
 */
export type Library = Hsm | HsmOptions | string;

const SCHEME = "pocket-hsm:";

/** The options that text can give, and how each is read. */
const OPTIONS: Readonly<Record<string, (text: string) => string | number>> = {
  slots: Number,
  label: String,
  pin: String,
  soPin: String,
  policy: String,
  maxPinTries: Number,
  pinCost: Number,
};

/** The HSM that is loaded: the caller's, or a new one. @throws Error for a path, CkrError for options out of bounds */
export function loadLibrary(library: Library): Hsm {
  if (library instanceof Hsm) return library;
  if (typeof library === "string") return createHsm(readLocation(library));
  if (typeof library === "object" && library !== null) return createHsm(library);
  throw new TypeError(`load takes an HSM, its options or "${SCHEME}?…"`);
}

function readLocation(location: string): HsmOptions {
  const [scheme, query = ""] = location.split("?", 2);
  if (scheme !== SCHEME) {
    throw new Error(`${location}: this is not a shared library but "${SCHEME}", with options after "?"`);
  }
  const options = [...new URLSearchParams(query)].map(([name, text]) => {
    const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (read === undefined) throw new Error(`${name} is no option; known are: ${Object.keys(OPTIONS).join(", ")}`);
    return [name, read(text)];
  });
  return Object.fromEntries(options);
}
