import { expect, test } from "vitest";
import { Secret } from "../../src/bytes/secret.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { TokenObject } from "../../src/objects/object.ts";
import { expectCkr } from "../support/ckr.ts";

const key = (): TokenObject =>
  new TokenObject(1 as ObjectHandle, undefined, { LABEL: "x" }, { VALUE: new Secret(Uint8Array.of(1, 2)) });

test("a key and its copy count their uses together", () => {
  const [source, copy] = [key(), key()];
  copy.countWith(source);
  source.countUse("encryptions", 2);
  copy.countUse("encryptions", 2);
  expectCkr(() => source.countUse("encryptions", 2), "KEY_FUNCTION_NOT_PERMITTED");
  expectCkr(() => copy.countUse("encryptions", 2), "KEY_FUNCTION_NOT_PERMITTED");
});

test("a destroyed key lends nothing, prepares nothing and is not copied", () => {
  const destroyed = key();
  destroyed.destroy();
  expectCkr(() => destroyed.secret("VALUE"), "KEY_HANDLE_INVALID");
  expectCkr(() => destroyed.prepared("aes", () => ({})), "KEY_HANDLE_INVALID");
  expectCkr(() => destroyed.cloneSecrets(), "KEY_HANDLE_INVALID");
  expect(destroyed.get("LABEL")).toBe("x");
});
