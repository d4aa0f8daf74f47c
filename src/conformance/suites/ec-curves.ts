/**
 * The domain parameters of the curves, as far as the token shows them: the public point of the scalar 1 is G, that of
 * n − 1 is −G, and n itself is no private key.
 */

import { i2osp, os2ip } from "../../bytes/bytes.ts";
import { CkrError } from "../../cryptoki/error.ts";
import { FIELD_BYTES } from "../../der/ec-params.ts";
import { parseWycheproof, type WycheproofCase } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { curveNamed, ecPrivate, pointOf, publicKeyOf, unsignedHex } from "./keys.ts";
import { onOtherCurve, otherPoint } from "./other-curves.ts";
import { caseOf, difference, firstOf, type Input, suite, type Trial, textAt } from "./support.ts";
import { withKey } from "./token.ts";

export const ecCurves: Suite = suite(
  "ec-curves",
  "EC domain parameters",
  ({ algorithm }) => algorithm === "EC domain parameters",
  function* ({ session, text }: Input): Generator<Trial> {
    for (const test of parseWycheproof(text).cases) {
      const curve = curveNamed(textAt(test.fields, "name"));
      if (curve === undefined) {
        const generator = otherPoint(textAt(test.fields, "gx"), textAt(test.fields, "gy"));
        yield { ...caseOf(test), ...onOtherCurve(session, textAt(test.fields, "name"), { point: generator }) };
        continue;
      }
      const length = FIELD_BYTES[curve];
      const publicPoint = (scalar: bigint): Uint8Array =>
        withKey(session, ecPrivate(curve, i2osp(scalar, length), "sign"), (key) => publicKeyOf(session, key));
      const [p, n, gx, gy] = ["p", "n", "gx", "gy"].map((name) => integer(test, name)) as [
        bigint,
        bigint,
        bigint,
        bigint,
      ];
      const point = (x: bigint, y: bigint) => pointOf(curve, i2osp(x, length), i2osp(y, length));
      const run = () =>
        firstOf(
          difference(publicPoint(1n), point(gx, gy)),
          difference(publicPoint(n - 1n), point(gx, p - gy)),
          isRefused(() => publicPoint(n)) ? undefined : "the order itself is taken for a private key",
        );
      yield { ...caseOf(test), run };
    }
  },
);

function integer(test: WycheproofCase, name: string): bigint {
  return os2ip(unsignedHex(textAt(test.fields, name)));
}

function isRefused(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    return error instanceof CkrError && error.ckr === "ATTRIBUTE_VALUE_INVALID";
  }
}
