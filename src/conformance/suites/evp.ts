/** Values and keys of OpenSSL's `evp_test` files. */

import { fromHex, utf8 } from "../../bytes/bytes.ts";
import type { Fields } from "../parsers/text.ts";

/** A quoted text or hexadecimal digits. */
export function evpBytes(value: string): Uint8Array {
  const text = /^"(.*)"$/.exec(value)?.[1];
  if (text !== undefined) return utf8(text);
  return fromHex(value.startsWith("0x") ? value.slice(2) : value);
}

/**
 * The controls of a case by their names: `Ctrl.digest = digest:SHA256` and `Ctrl = digest:SHA256` both are
 * `digest` → `SHA256`.
 */
export function controlsOf(fields: Fields): ReadonlyMap<string, string> {
  const controls = new Map<string, string>();
  for (const [key, values] of Object.entries(fields)) {
    if (key !== "Ctrl" && key !== "CtrlInit" && !key.startsWith("Ctrl.")) continue;
    for (const value of values.split("\n")) {
      const at = value.indexOf(":");
      const [name, text] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
      // Bytes that are given in parts belong together.
      controls.set(name, name.startsWith("hex") ? (controls.get(name) ?? "") + text : text);
    }
  }
  return controls;
}

/** A control that is bytes: `hexkey:0b0b` is read as `bytesOf(controls, "key")`, as is `key:text`. */
export function controlBytes(controls: ReadonlyMap<string, string>, name: string): Uint8Array | undefined {
  const hex = controls.get(`hex${name}`);
  if (hex !== undefined) return fromHex(hex);
  const text = controls.get(name);
  return text === undefined ? undefined : utf8(text);
}
