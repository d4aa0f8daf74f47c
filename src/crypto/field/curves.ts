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
    sum("K", { T0: 3, [ZZ]: -3 }),
    sum("NB", { B: -1 }),
    product("rX", ["A", "F"], ["NB", "H"]),
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
    sum("K", { T0: 3 }),
    sum("NB", { B: -1 }),
    product("rX", ["A", "F"], ["NB", "H"]),
    product("rY", ["F", "G"], ["K", "H"]),
    product("rZ", ["B", "G"], ["A", "K"]),
  ];
}

/**
 * Complete formulas for −x² + y² = 1 + dx²y² with d no square, extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (H. Hisil,
 * K. Wong, G. Carter, E. Dawson, "Twisted Edwards curves revisited", Asiacrypt 2008, 3.1 and 3.3). What is added comes
 * with its T, or xy, times 2d. And a step of the Montgomery ladder (RFC 7748, 5).
 */
const EDWARDS: readonly Formula[] = [
  {
    name: "add",
    doc: "r = p + q, where q.T is times 2d.",
    operands: { p: ["X", "Y", "Z", "T"], q: ["X", "Y", "Z", "T"] },
    steps: [...edwardsProducts("qX", "qY", "qT"), product("ZZ", ["pZ", "qZ"]), ...restOfEdwards("ZZ")],
  },
  {
    name: "addAffine",
    doc: "r = p + (x, y), where t = 2dxy.",
    operands: { p: ["X", "Y", "Z", "T"], x: [], y: [], t: [] },
    steps: [...edwardsProducts("x", "y", "t"), ...restOfEdwards("pZ")],
  },
  {
    name: "double",
    doc: "r = 2p.",
    operands: { p: ["X", "Y", "Z"] },
    steps: [...doublingOfEdwards(), product("rT", ["E", "H"])],
  },
  {
    name: "doubleOnly",
    doc: "r = 2p, without its T, which only sums need.",
    operands: { p: ["X", "Y", "Z"] },
    steps: doublingOfEdwards(),
  },
  {
    name: "climb",
    doc: "From u-coordinates X : Z and U : W, whose difference is u, to X : Z doubled, and the sum.",
    type: "Rung",
    operands: { p: ["X", "Z", "U", "W"], u: [] },
    steps: [
      sum("A", { pX: 1, pZ: 1 }),
      sum("B", { pX: 1, pZ: -1 }),
      sum("C", { pU: 1, pW: 1 }),
      sum("D", { pU: 1, pW: -1 }),
      product("AA", ["A", "A"]),
      product("BB", ["B", "B"]),
      product("DA", ["D", "A"]),
      product("CB", ["C", "B"]),
      sum("E", { AA: 1, BB: -1 }),
      product("F", ["A24", "E"]),
      sum("G", { AA: 1, F: 1 }),
      sum("H", { DA: 1, CB: 1 }),
      sum("K", { DA: 1, CB: -1 }),
      product("KK", ["K", "K"]),
      product("rX", ["AA", "BB"]),
      product("rZ", ["E", "G"]),
      product("rU", ["H", "H"]),
      product("rW", ["u", "KK"]),
    ],
  },
];

function edwardsProducts(x: string, y: string, t: string): Formula["steps"] {
  return [
    sum("S", { pY: 1, pX: -1 }),
    sum("P", { pY: 1, pX: 1 }),
    sum("N", { [y]: 1, [x]: -1 }),
    sum("Q", { [y]: 1, [x]: 1 }),
    product("A", ["S", "N"]),
    product("B", ["P", "Q"]),
    product("C", ["pT", t]),
  ];
}

function restOfEdwards(ZZ: string): Formula["steps"] {
  return [
    sum("E", { B: 1, A: -1 }),
    sum("F", { [ZZ]: 2, C: -1 }),
    sum("G", { [ZZ]: 2, C: 1 }),
    sum("H", { B: 1, A: 1 }),
    product("rX", ["E", "F"]),
    product("rY", ["G", "H"]),
    product("rZ", ["F", "G"]),
    product("rT", ["E", "H"]),
  ];
}

function doublingOfEdwards(): Formula["steps"] {
  return [
    product("A", ["pX", "pX"]),
    product("B", ["pY", "pY"]),
    product("C", ["pZ", "pZ"]),
    product("XY", ["pX", "pY"]),
    sum("E", { XY: 2 }),
    sum("F", { B: 1, A: -1, C: -2 }),
    sum("G", { B: 1, A: -1 }),
    sum("H", { A: -1, B: -1 }),
    product("rX", ["E", "F"]),
    product("rY", ["G", "H"]),
    product("rZ", ["F", "G"]),
  ];
}

/** File beside this one, title, field. */
export const MODULES: readonly (readonly [file: string, title: string, field: Field])[] = [
  [
    "p256",
    "P-256 (SP 800-186, 3.2.1.3)",
    {
      types: "multiples",
      prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      constants: { B0: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn },
      formulas: MINUS_THREE,
    },
  ],
  [
    "sm2",
    "SM2 (GB/T 32918.5, annex A)",
    {
      types: "multiples",
      prime: 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 1n,
      constants: { B0: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n },
      formulas: MINUS_THREE,
    },
  ],
  [
    "p384",
    "P-384 (SP 800-186, 3.2.1.4)",
    {
      types: "multiples",
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
      types: "multiples",
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
    { types: "multiples", prime: 2n ** 256n - 2n ** 32n - 977n, constants: {}, formulas: zeroA(21) },
  ],
  [
    "curve25519",
    "edwards25519 and curve25519 (RFC 7748, 4.1)",
    {
      types: "edwards",
      prime: 2n ** 255n - 19n,
      constants: {
        DOUBLE_D: 2n * 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
        ROOT_OF_MINUS_ONE: 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n,
        COEFFICIENT: 486662n,
        A24: 121665n,
        ROOT_OF_A_AND_2: 0x6be4f497f9a9c2afc21fa77ad7f4a6ef635a11c7284a9363e9a248ef9c884415n,
      },
      formulas: EDWARDS,
    },
  ],
];

/** Of orders, those on which a product in loops (modulus.ts) would be a good part of an operation: file, title, order. */
export const ORDERS: readonly (readonly [file: string, title: string, order: bigint])[] = [
  [
    "p256-order",
    "The order of P-256 (SP 800-186, 3.2.1.3)",
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ],
];
