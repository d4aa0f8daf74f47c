import { expect, test } from "vitest";
import { collector } from "../../src/token/collect.ts";

test("more parts than a call has room for arguments are one whole", () => {
  const parts = collector();
  const count = 600_000;
  for (let i = 0; i < count; i++) parts.add(Uint8Array.of(i));
  const whole = parts.take();
  expect(whole.length).toBe(count);
  expect(whole[count - 1]).toBe((count - 1) & 0xff);
});
