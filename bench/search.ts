/**
 * Object search at size: the time of C_FindObjectsInit, C_FindObjects for at most 10, C_FindObjectsFinal over a template
 * of two attributes, and of making and destroying an object, on tokens of 100 to 100,000 objects.
 *
 *     npx tsx bench/search.ts [number of objects]…
 */

import { performance } from "node:perf_hooks";
import type { ObjectHandle } from "../src/cryptoki/handles.ts";
import { createHsm, type Session } from "../src/index.ts";
import type { KeyTemplate } from "../src/objects/template.ts";

const SIZES = process.argv.slice(2).map(Number);
const ROUNDS = 2000;

/** Keys of eight kinds in groups of ten that share an ID, and a data object after each ten. */
function fill(session: Session, count: number): ObjectHandle[] {
  const VALUE = new Uint8Array(32).fill(7);
  return Array.from({ length: count }, (_, i) => {
    const LABEL = `object ${i}`;
    if (i % 11 === 9) return session.createObject({ CLASS: "DATA", LABEL: "shared", APPLICATION: "app 4" });
    if (i % 11 === 10) return session.createObject({ CLASS: "DATA", LABEL, APPLICATION: `app ${i % 4}` });
    const ID = new Uint8Array(new Uint32Array([Math.floor(i / 10)]).buffer);
    const usage = (["encrypt", "sign", "derive"] as const)[i % 3];
    const KEY_TYPE = i % 2 === 0 ? "AES" : "GENERIC_SECRET";
    return session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE, VALUE, LABEL, ID, usage });
  });
}

const templates = (count: number): Readonly<Record<string, KeyTemplate>> => ({
  "class and label": { CLASS: "SECRET_KEY", LABEL: `object ${Math.floor(count / 2) - (Math.floor(count / 2) % 11)}` },
  "class and ID": { CLASS: "SECRET_KEY", ID: new Uint8Array(new Uint32Array([Math.floor(count / 25)]).buffer) },
  "class and type, of which half of all have": { CLASS: "SECRET_KEY", KEY_TYPE: "AES" },
  "class and application, of which some 2 % have": { CLASS: "DATA", APPLICATION: "app 2" },
  "two flags": { ENCRYPT: true, EXTRACTABLE: false },
  "a flag and a label that does not go with it": { SIGN: true, LABEL: "object 0" },
  "a label that there is not": { CLASS: "SECRET_KEY", LABEL: "nothing" },
  "a class and a label that many others have": { CLASS: "SECRET_KEY", LABEL: "shared" },
  nothing: {},
});

function medianOf(run: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return 1000 * (times.sort((a, b) => a - b)[ROUNDS / 2] as number);
}

for (const count of SIZES.length > 0 ? SIZES : [100, 1000, 10_000, 100_000]) {
  const session = createHsm().openSession({ readWrite: true });
  const start = performance.now();
  const objects = fill(session, count);
  const each = (1000 * (performance.now() - start)) / count;
  console.log(`\n${count} objects, made in ${each.toFixed(1)} µs each`);
  for (const [name, template] of Object.entries(templates(count))) {
    const found = session.findObjects(template, { limit: 10 }).length;
    const micros = medianOf(() => void session.findObjects(template, { limit: 10 }));
    console.log(`  ${micros.toFixed(1).padStart(8)} µs  the first ${String(found).padStart(2)} with ${name}`);
    console.log(JSON.stringify({ name: `find ${name}`, objects: count, found, p50: micros, node: process.version }));
  }
  const began = performance.now();
  for (const object of objects) session.destroyObject(object);
  console.log(`  destroyed in ${((1000 * (performance.now() - began)) / count).toFixed(1)} µs each`);
}
