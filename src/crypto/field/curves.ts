/** The fields and curves that are generated, and their formulas. */

import { type Field, type Formula, product, sum } from "./generator.ts";

/**
 * Complete formulas for y² = x³ − 3x + b of prime order, homogeneous coordinates: right for all points, equal ones and
 * the neutral one too (J. Renes, C. Costello, L. Batina, "Complete addition formulas for prime order elliptic curves",
 * Eurocrypt 2016, algorithms 4, 5 and 6). Here with sums of two products in one reduction.
 */
const MINUS_THREE: readonly Formula[] = [
  {
    name: "add",
    doc: "r = p + q.",
    operands: { p: ["X", "Y", "Z"], q: ["X", "Y", "Z"] },
    steps: [...sumsOfProducts(), ...restOfMinusThree("T2")],
  },
  {
    name: "addAffine",
    doc: "r = p + (x, y), which is not the neutral point.",
    operands: { p: ["X", "Y", "Z"], x: [], y: [] },
    steps: [...sumsOfProductsAffine(), ...restOfMinusThree("pZ")],
  },
  {
    name: "double",
    doc: "r = 2p.",
    operands: { p: ["X", "Y", "Z"] },
    steps: [
      product("T0", ["pX", "pX"]),
      product("T1", ["pY", "pY"]),
      product("T2", ["pZ", "pZ"]),
      product("A", ["pX", "pY"]),
      product("B", ["pY", "pZ"]),
      product("C", ["pX", "pZ"]),
      product("D", ["B0", "T2"]),
      product("E", ["B0", "C"]),
      sum("F", { T1: 1, D: -3, C: 6 }),
      sum("G", { T1: 1, D: 3, C: -6 }),
      sum("H", { E: 6, T2: -9, T0: -3 }),
      sum("K", { T0: 3, T2: -3 }),
      sum("A2", { A: 2 }),
      sum("B2", { B: -2 }),
      sum("T8", { T1: -4 }),
      product("rX", ["F", "A2"], ["B2", "H"]),
      product("rY", ["F", "G"], ["K", "H"]),
      product("rZ", ["B2", "T8"]),
    ],
  },
];

/** T0 = X₁X₂, T1 = Y₁Y₂, T2 = Z₁Z₂; A, B, C = the mixed sums X₁Y₂ + X₂Y₁, Y₁Z₂ + Y₂Z₁, X₁Z₂ + X₂Z₁. */
function sumsOfProducts(): Formula["steps"] {
  return [
    product("T0", ["pX", "qX"]),
    product("T1", ["pY", "qY"]),
    product("T2", ["pZ", "qZ"]),
    product("A", ["pX", "qY"], ["qX", "pY"]),
    product("B", ["pY", "qZ"], ["qY", "pZ"]),
    product("C", ["pX", "qZ"], ["qX", "pZ"]),
  ];
}

/** The same with Z₂ = 1: T2 is Z₁. */
function sumsOfProductsAffine(): Formula["steps"] {
  return [
    product("T0", ["pX", "x"]),
    product("T1", ["pY", "y"]),
    product("A", ["pX", "y"], ["x", "pY"]),
    product("YZ", ["y", "pZ"]),
    product("XZ", ["x", "pZ"]),
    sum("B", { YZ: 1, pY: 1 }),
    sum("C", { XZ: 1, pX: 1 }),
  ];
}

function restOfMinusThree(ZZ: string): Formula["steps"] {
  return [
    product("D", ["B0", ZZ]),
    product("E", ["B0", "C"]),
    sum("F", { T1: 1, C: 3, D: -3 }),
    sum("G", { T1: 1, C: -3, D: 3 }),
    sum("H", { E: 3, [ZZ]: -9, T0: -3 }),
    sum("H2", { E: -3, [ZZ]: 9, T0: 3 }),
    sum("K", { T0: 3, [ZZ]: -3 }),
    product("rX", ["A", "F"], ["B", "H2"]),
    product("rY", ["F", "G"], ["K", "H"]),
    product("rZ", ["B", "G"], ["A", "K"]),
  ];
}

/** Complete formulas for y² = x³ + b (the same paper, algorithms 7, 8 and 9); 3b is small. */
function zeroA(b3: number): readonly Formula[] {
  return [
    {
      name: "add",
      doc: "r = p + q.",
      operands: { p: ["X", "Y", "Z"], q: ["X", "Y", "Z"] },
      steps: [...sumsOfProducts(), ...restOfZeroA("T2", b3)],
    },
    {
      name: "addAffine",
      doc: "r = p + (x, y), which is not the neutral point.",
      operands: { p: ["X", "Y", "Z"], x: [], y: [] },
      steps: [...sumsOfProductsAffine(), ...restOfZeroA("pZ", b3)],
    },
    {
      name: "double",
      doc: "r = 2p.",
      operands: { p: ["X", "Y", "Z"] },
      steps: [
        product("T0", ["pY", "pY"]),
        product("T1", ["pY", "pZ"]),
        product("T2", ["pZ", "pZ"]),
        product("T3", ["pX", "pY"]),
        sum("D", { T2: b3 }),
        sum("F", { T0: 1, D: -3 }),
        sum("G", { T0: 1, D: 1 }),
        sum("K", { T0: 8 }),
        sum("A2", { T3: 2 }),
        product("rX", ["F", "A2"]),
        product("rY", ["F", "G"], ["K", "D"]),
        product("rZ", ["T1", "K"]),
      ],
    },
  ];
}

function restOfZeroA(ZZ: string, b3: number): Formula["steps"] {
  return [
    sum("D", { [ZZ]: b3 }),
    sum("F", { T1: 1, D: -1 }),
    sum("G", { T1: 1, D: 1 }),
    sum("H", { C: b3 }),
    sum("H2", { C: -b3 }),
    sum("K", { T0: 3 }),
    product("rX", ["A", "F"], ["B", "H2"]),
    product("rY", ["F", "G"], ["K", "H"]),
    product("rZ", ["B", "G"], ["A", "K"]),
  ];
}

/** File beside this one, title, field. */
export const MODULES: readonly (readonly [file: string, title: string, field: Field])[] = [
  [
    "p256",
    "P-256 (SP 800-186, 3.2.1.3)",
    {
      prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      constants: { B0: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn },
      formulas: MINUS_THREE,
    },
  ],
  [
    "p384",
    "P-384 (SP 800-186, 3.2.1.4)",
    {
      prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      constants: {
        B0: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
      },
      formulas: MINUS_THREE,
    },
  ],
  [
    "p521",
    "P-521 (SP 800-186, 3.2.1.5)",
    {
      prime: 2n ** 521n - 1n,
      constants: {
        B0: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
      },
      formulas: MINUS_THREE,
    },
  ],
  [
    "secp256k1",
    "secp256k1 (SEC 2, 2.4.1)",
    { prime: 2n ** 256n - 2n ** 32n - 977n, constants: {}, formulas: zeroA(21) },
  ],
];
