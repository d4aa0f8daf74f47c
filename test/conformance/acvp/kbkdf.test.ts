/** SP 800-108 computed from nothing but its PRF, as answers are verified, against results of NIST's server. */

import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { computed, type Kbkdf } from "../../../src/conformance/acvp/handlers/kbkdf.ts";
import { bytes, hex } from "./prompts.ts";

interface Case {
  readonly hash: string;
  readonly key: string;
  readonly iv?: string;
  readonly fixed: string;
  readonly output: string;
}

test.each<[mode: string, location: string, one: Case]>([
  [
    "feedback",
    "before iterator",
    {
      hash: "sha3-224",
      // The extraction of KDA TwoStep, HMAC with 144 zeros.
      key: hex(
        createHmac("sha3-224", Buffer.alloc(144))
          .update(bytes("7289937E38F69EC895035C78BA2161A5435E016F4D58EE77D02F1789937E32AC14"))
          .digest(),
      ),
      iv: "CA83CDB69D516EA9FF4B4FA8ACD71BCF3ADF9D1E9C6FC72BB80D9EC6",
      fixed: "FA8865DADF9213C68468348F61FEDA0D",
      output:
        "B838F4DF65544E7733BC88F4803EE0C3F9B3D8255A3FFB7B3F5CDD225B99908C8EAF7E8106E6C83A5FC3A6EE07C58C778A329D00BE1ACC2898EF3C3469DD8C23",
    },
  ],
  [
    "double pipeline iteration",
    "before fixed data",
    {
      hash: "sha3-512",
      key: "0AE14D3E9CFA3B7553D0730E53E58BB4",
      fixed: "F5B2E79C7D5244442B0626538B3B40A7",
      output:
        "6DE0243B721E6E5E4995AE4A29A2F9F584539F37DD2446431CBCD377EAB674470F0861E0ADF5F1555140FE80C1F35724B3A9645A9CD9DFB0D1BA860FB2463A2BCA5CBF54D06451B35651506A6D7A6C2DFA4015",
    },
  ],
  [
    "double pipeline iteration",
    "before iterator",
    {
      hash: "sha3-512",
      key: "0A975179116DF08155AD216D2AF2AC7C",
      fixed: "BC6BF2B626092756062FB8D4BBEE141C",
      output:
        "327B7D02567DE7E48C2E55C690DA4B1B6CAFC0AE75DF6D37EF46D3C833D75DDDE5F6BE6F9A8233ADE4AE48CA9210B662D5D33787001E25C0167BE6987B41E1262ADDC20CA2416FCE0E18051FB894919C43610EF4006AEED4051F7FD8EF3514FFA5D0F1C29DD2EF8CC404EABE40A7C8B73BFE991CA25B4CA374737EE844BF5F8A",
    },
  ],
])("%s with the counter %s is as NIST has it", (mode, location, { hash, key, iv = "", fixed, output }) => {
  const kbkdf: Kbkdf = {
    mode,
    location,
    prf: "SHA256_HMAC",
    counterBits: 32,
    iv: bytes(iv),
    fixed: bytes(fixed),
    broken: 0,
  };
  const found = computed(kbkdf, (input) => createHmac(hash, bytes(key)).update(input).digest(), 3);
  expect(hex(found).slice(0, output.length)).toBe(output);
});
