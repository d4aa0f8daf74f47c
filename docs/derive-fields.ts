/** Writes the generated modules of src/crypto/: the fields, and the long multiplication of RSA. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODULES } from "../src/crypto/field/curves.ts";
import { fieldModule } from "../src/crypto/field/generator.ts";
import { rowsModule } from "../src/crypto/rsa/rows-generator.ts";

for (const [file, title, field] of MODULES) {
  writeFileSync(join(import.meta.dirname, `../src/crypto/field/${file}.ts`), fieldModule(title, field));
}
writeFileSync(join(import.meta.dirname, "../src/crypto/rsa/rows.ts"), rowsModule());
