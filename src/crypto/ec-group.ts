/**
 * Multiples of points on the curves of ec-curves.ts: over generated fields (field/) where there is one, over
 * `@noble/curves` elsewhere. Points come and go as 04 ‖ x ‖ y (SEC 1, 2.3.3), scalars as bytes of the order's length.
 */

import type { WeierstrassPoint } from "@noble/curves/abstract/weierstrass.js";
import { i2osp, os2ip } from "../bytes/bytes.ts";
import { curves, pointsOf } from "./ec-curves.ts";
import type { CurveName } from "./engine.ts";
import type { Arithmetic } from "./field/multiples.ts";
import * as p256 from "./field/p256.ts";
import * as p384 from "./field/p384.ts";
import * as p521 from "./field/p521.ts";
import * as secp256k1 from "./field/secp256k1.ts";
import { type Group, generatedGroup } from "./generated-group.ts";

const groups = new Map<CurveName, Group>();

export function groupOf(curve: CurveName): Group {
  const group = groups.get(curve) ?? makeGroup(curve);
  groups.set(curve, group);
  return group;
}

/** The curves whose fields are generated. */
const fields: Partial<Record<CurveName, Arithmetic>> = {
  "P-256": p256,
  "P-384": p384,
  "P-521": p521,
  secp256k1,
};

function makeGroup(curve: CurveName): Group {
  const field = fields[curve];
  return field === undefined ? nobleGroup(curve) : generatedGroup(field, pointsOf(curve));
}

function nobleGroup(curve: CurveName): Group {
  const { fieldBytes } = curves[curve];
  const Points = pointsOf(curve);
  const encodeX = (point: WeierstrassPoint<bigint>): Uint8Array => i2osp(point.toAffine().x, fieldBytes);
  return {
    multiplyBase: (k) => Points.BASE.multiply(os2ip(k)).toBytes(false),
    xOfBase: (k) => encodeX(Points.BASE.multiply(os2ip(k))),
    xOfMultiple: (point, k) => encodeX(Points.fromBytes(point).multiply(os2ip(k))),
    prepare(point) {
      const decoded = Points.fromBytes(point);
      return {
        sumHasX(r, u, v) {
          const sum = Points.BASE.multiplyUnsafe(os2ip(u)).add(decoded.multiplyUnsafe(os2ip(v)));
          return !sum.is0() && Points.Fn.create(sum.toAffine().x) === os2ip(r);
        },
      };
    },
  };
}
