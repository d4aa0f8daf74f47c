/** What the page of the benches has beyond the style of the conformance report. */

import { families } from "./rivals.ts";

/** The shapes of marks, around the point that they mark. */
export const SHAPES: string = `
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<symbol id="ours" overflow="visible"><circle r="7"/></symbol>
<symbol id="circle" overflow="visible"><circle r="5"/></symbol>
<symbol id="bar" overflow="visible"><rect x="-2.5" y="-9" width="5" height="18" rx="2"/></symbol>
<symbol id="diamond" overflow="visible"><path d="M0-6.5 6.5 0 0 6.5-6.5 0z"/></symbol>
<symbol id="square" overflow="visible"><rect x="-4.5" y="-4.5" width="9" height="9" rx="1"/></symbol>
<symbol id="triangle" overflow="visible"><path d="M0-6 6 5H-6z"/></symbol>
<symbol id="target" overflow="visible"><path d="M-4-12H4L0-6z"/><path d="M0-6V12"/></symbol>
</defs></svg>`.trim();

const colors = families.map(({ key, color }) => `.r-${key} { fill: ${color}; }`).join("\n");

/** Pointing at a rival in the legend leaves its marks alone on the page. */
const isolation = families
  .map(({ key }) => `main:has(.k-${key}:hover) .track .mark:not(.r-${key}) { opacity: .12; }`)
  .join("\n");

export const PLOT_STYLE: string = `
html { scroll-behavior: smooth; }
main { max-width: 96rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin-left: auto; }
a { color: light-dark(#1f5fd6, #7fb0ff); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.8rem; letter-spacing: -.02em; } h2 { font-size: 1.35rem; margin: 2.6rem 0 0; } h4 { margin: .9rem 0 .1rem; font-size: .95rem; font-weight: 600; }
.heads { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .8rem; margin: 1.4rem 0; }
.head { display: flex; flex-direction: column; padding: .9rem 1.1rem 1rem; }
.head b { font-size: 2rem; line-height: 1.25; letter-spacing: -.02em; font-variant-numeric: tabular-nums; color: light-dark(#1f5fd6, #7fb0ff); }
.head i { font-size: .5em; font-style: normal; letter-spacing: 0; } .head span { font-weight: 600; } .head small { line-height: 1.35; margin-top: .15rem; }
.legend { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: 0 -.6rem; padding: .5rem .6rem;
  list-style: none; background: var(--page); border-bottom: 1px solid var(--line); font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: .25rem; cursor: default; }
.groups { columns: 34rem auto; column-gap: 1rem; margin-top: .9rem; }
.group { padding: 1rem 1.2rem .3rem; margin-bottom: 1rem; break-inside: avoid; } .group h3 { margin-bottom: .5rem; } .group details { border: 0; padding: .5rem 0; }
.group summary { color: var(--soft); font-size: .85rem; } .absent { font-size: .85rem; }
.row { display: grid; grid-template-columns: minmax(6rem, 11.5rem) minmax(0, 1fr) 7.5rem; align-items: center; column-gap: .9rem; }
.row .name { line-height: 1.25; padding: .15rem 0; overflow-wrap: anywhere; } .row .value { line-height: 1.2; padding: .25rem 0; text-align: right; font-variant-numeric: tabular-nums; }
.row .value b { font-size: 1.05rem; } .row .value small { display: block; color: var(--soft); }
.track { position: relative; align-self: stretch; min-height: 32px; } .track svg { position: absolute; width: 100%; height: 100%; overflow: visible; }
.axis { border-bottom: 1px solid var(--line); margin-bottom: .35rem; } .axis .track { min-height: 18px; } .axis .name, svg text { color: var(--soft); fill: var(--soft); font-size: .78rem; }
.grid { stroke: var(--line); } .one { stroke: var(--soft); stroke-width: 1.5; }
.range { stroke: var(--line); stroke-width: 3; stroke-linecap: round; }
.mark { stroke: var(--card); stroke-width: 1.5; } .legend .mark { stroke: none; }
.spread { stroke: light-dark(#1f5fd6, #7fb0ff); stroke-width: 4; stroke-linecap: round; opacity: .55; } .spread.dark { stroke: var(--text); stroke-width: 1.5; opacity: .8; }
.target { fill: none; stroke-width: 1.6; } .target.kept { stroke: var(--good); fill: var(--good); } .target.missed { stroke: var(--bad); fill: var(--bad); }
.within { fill: light-dark(#dbe5f8, #263650); } .adds { fill: light-dark(#5b8def, #5f8fe0); } .adds.kept { fill: light-dark(#4fae7c, #3f9a69); } .adds.missed { fill: light-dark(#dd6a62, #c9564e); }
.limit { stroke: var(--text); stroke-width: 2; }
.curves { padding: .6rem .8rem 2rem 4.2rem; } .curves svg { display: block; width: 100%; height: 15rem; overflow: visible; }
.curve { stroke-width: 2.5; stroke: currentColor; } .whisker { stroke: currentColor; opacity: .6; } .curves circle { fill: currentColor; stroke: var(--card); stroke-width: 1.5; }
.series { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin: 0 0 .4rem; padding: 0; font-size: .9rem; } .series i { display: inline-block; width: .8rem; height: .8rem; border-radius: 99px; background: currentColor; margin-right: .35rem; }
.s0 { color: light-dark(#1f5fd6, #7fb0ff); } .s1 { color: light-dark(#c2570c, #ffab6b); } .s2 { color: light-dark(#0e8074, #4fd1c1); }
.s3 { color: light-dark(#7c3aed, #c4a5ff); } .s4 { color: light-dark(#b6246d, #ff8fc4); } .s5 { color: light-dark(#8a7600, #e0cd55); }
.title th { padding-top: .8rem; } td small { display: block; font-size: .75rem; } .group td, .group th { font-size: .85rem; white-space: nowrap; }
@media (max-width: 40rem) {
  main { padding: 1.2rem .8rem 3rem; } .head b { font-size: 1.6rem; } nav { margin-left: 0; } .heads { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); } .legend { position: static; }
  .group { padding: .8rem .8rem .2rem; } .row { grid-template-columns: minmax(0, 1fr) 6.2rem; padding-top: .3rem; }
  .row .name { grid-column: 1 / -1; } .axis .value { display: none; } .axis { grid-template-columns: minmax(0, 1fr) 6.2rem; }
  .curves { padding-left: 3.6rem; }
}
@media print { .legend { position: static; } .group { break-inside: avoid; } }
${colors}
${isolation}
`.trim();
