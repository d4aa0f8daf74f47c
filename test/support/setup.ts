/** Vitest runs this before every test file, and what it imports once in a thread. */
import "./equal-bytes.ts";
import "./property-seed.ts";
