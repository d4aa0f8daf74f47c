/** Writes the generated modules of src/crypto/: the fields, and the long multiplication of RSA. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODULES, ORDERS } from "../src/crypto/field/curves.ts";
import { fieldModule, orderModule } from "../src/crypto/field/generator.ts";
import { rowsModule } from "../src/crypto/rsa/rows-generator.ts";

function write(path: string, text: string): void {
  writeFileSync(join(import.meta.dirname, "../src/crypto", path), text);
}

for (const [file, title, field] of MODULES) write(`field/${file}.ts`, fieldModule(title, field));
for (const [file, title, order] of ORDERS) write(`field/${file}.ts`, orderModule(title, order));
write("rsa/rows.ts", rowsModule());
