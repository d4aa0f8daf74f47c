import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "../../bench/page/page.ts";
import { shortNames } from "../../bench/page/plots.ts";
import { familyOf, nativeOf } from "../../bench/page/rivals.ts";
import { logScale } from "../../bench/page/scale.ts";
import { sizeOf } from "../../bench/page/sizes.ts";
import { contestOutcome, gaugeOutcome, resultsOf } from "./samples.ts";

const results = resultsOf([
  contestOutcome(
    { ours: 1, "node:crypto": 2, noble: 4, "<unheard of>": 5 },
    {
      name: "HMAC <32 B>",
      headline: "node:crypto",
      absent: { "node-forge": "not installed & so on" },
      verdicts: [
        { against: "noble", kind: "least", wanted: 3, found: 4, reached: true },
        { against: "node:crypto", kind: "least", wanted: 2.5, found: 2, reached: false },
      ],
    },
  ),
  contestOutcome({ "kms.client()": 9, token: 6, http: 800 }, { layer: "kms", name: "Encrypt", plot: "layers" }),
  contestOutcome(
    { "1,000,000 objects": 2, "10 objects": 1 },
    { layer: "scale", group: "Find", name: "Find by label", plot: "sizes" },
  ),
  { ...gaugeOutcome(540), headline: "beside its key" },
  { ...contestOutcome({}, { layer: "scale", group: "Memory", name: "nobody" }), absent: { ours: "too few keys" } },
]);
const page = pageOf(results);

test("the page needs nothing from outside of it, and runs nothing", () => {
  expect(page).not.toMatch(/<(script|link|img|iframe|object)\b|@import|url\(|\bsrc=|https?:\/\//);
  for (const [, target] of page.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^#/);
});

test("every place that a link or a mark names is on the page", () => {
  const ids = new Set([...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id));
  for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
});

test("names are text and never markup", () => {
  expect(page).toContain("HMAC &lt;32 B&gt;");
  expect(page).toContain("not installed &amp; so on");
  expect(page).not.toMatch(/<32 B>|<unheard of>/);
});

test("every tag that is opened is closed", () => {
  const open: string[] = [];
  const VOID = ["meta", "br"];
  for (const [, slash, name = "", rest = ""] of page.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/gi)) {
    if (slash !== "") expect(open.pop()).toBe(name);
    else if (!VOID.includes(name) && !rest.endsWith("/")) open.push(name);
  }
  expect(open).toEqual([]);
});

test("every plot says in words what it shows, and the numbers stand below it", () => {
  expect(page.match(/<svg role="img" aria-label="[^"]+"/g)?.length).toBeGreaterThanOrEqual(1 + 3 + 1 + 1);
  expect(page).toContain("2× node:crypto (half of the rounds:");
  expect(page.match(/<summary>Numbers/g)?.length).toBe(4);
});

test("the head has the ratio to the rival that the contest names, and how many targets were reached", () => {
  expect(page).toMatch(/<b>2×<\/b><span>HMAC &lt;32 B&gt;<\/span><small[^>]*>the rate of node:crypto/);
  expect(page).toContain("<b>540 <i>bytes</i></b>");
  expect(page).toContain("<b>2 of 3</b>");
});

test("a target that is not reached is listed with its figure", () => {
  expect(page.slice(page.indexOf("Targets not reached"))).toMatch(/node:crypto<\/td><td>.*≥ 2\.5×.*<td>2×/);
  expect(page).toContain('<a href="#not-reached">');
  expect(page).toContain('id="not-reached"');
});

test("a mark never leaves its track", () => {
  for (const [, x] of page.matchAll(/<use class="mark[^>]* x="([-\d.]+)%"/g)) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x)).toBeLessThanOrEqual(100);
  }
});

test("a logarithmic axis keeps the order, has all values and some ticks", () => {
  const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (all) => {
      const scale = logScale(all, 1.2);
      const places = all.toSorted((a, b) => a - b).map(scale.at);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places.every((at) => at >= 0 && at <= 100)).toBe(true);
      expect(scale.ticks.length).toBeGreaterThan(0);
      expect(scale.ticks.length).toBeLessThanOrEqual(7);
    }),
  );
});

test("rivals have a family, node:crypto under several names", () => {
  const keys = [
    "node:crypto (and a hash)",
    "crypto.randomBytes",
    "raw node:crypto",
    "node-forge",
    "@noble/curves",
    "x",
  ];
  expect(keys.map((name) => familyOf(name).key)).toEqual(["native", "native", "native", "forge", "noble", "other"]);
  expect(nativeOf(["noble", "node:crypto diffieHellman"])).toBe("node:crypto diffieHellman");
});

test("names in a group are shortened by what they share, and a size is a number in words", () => {
  expect(shortNames(["P-256 sign", "P-256 verify, stored key"])).toEqual(["sign", "verify, stored key"]);
  expect(shortNames(["HMAC 32 B"], "HMAC, prepared key")).toEqual(["32 B"]);
  expect(shortNames(["one", "one two"])).toEqual(["one", "one two"]);
  expect([sizeOf("1,000,000 objects"), sizeOf("10 keys"), sizeOf("with 100,000")]).toEqual([1_000_000, 10, 100_000]);
});
