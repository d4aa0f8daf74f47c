/** The style of the HTML report. It names no resource outside of the page. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c); --card: light-dark(#ffffff, #1c2128); --line: light-dark(#dfe3e8, #30363f);
  --text: light-dark(#1d232b, #e4e8ee); --soft: light-dark(#5f6b7a, #98a3b3);
  --good: light-dark(#1a7f4b, #5fce93); --good-bg: light-dark(#e6f5ec, #16301f);
  --note: light-dark(#8a5a00, #e3b45c); --note-bg: light-dark(#fdf3dc, #352a12);
  --bad: light-dark(#b3261e, #ff8a80); --bad-bg: light-dark(#fde8e6, #42191a);
  font: 15px/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); }
main { max-width: 90rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .7rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
header { display: flex; flex-wrap: wrap; gap: .8rem; align-items: center; margin-bottom: 1.2rem; }
.badge { border-radius: 99px; padding: .1rem .8rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-bg); } .note { color: var(--note); background: var(--note-bg); }
.bad { color: var(--bad); background: var(--bad-bg); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.run { padding: 1rem 1.2rem; margin-bottom: .8rem; }
.run header { margin-bottom: .6rem; }
.figures { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 0; }
.figures div { min-width: 5.5rem; } .figures dt { color: var(--soft); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
th { font-weight: 600; } thead th { color: var(--soft); font-size: .85rem; vertical-align: bottom; }
th:first-child, .text { text-align: left; } td.none { color: var(--line); }
.matrix td { padding: .2rem; } .matrix thead th { padding: .35rem .45rem; }
.matrix th:first-child { min-width: 9rem; position: sticky; left: 0; background: var(--card); }
.cell { border-radius: 6px; padding: .1rem .4rem; font-weight: 600; margin-top: 2px; white-space: nowrap; }
.cell:first-child { margin-top: 0; } .cell small { display: block; font-weight: 400; white-space: normal; }
.engine { font-weight: 400; opacity: .75; margin-right: .4rem; }
details { border-bottom: 1px solid var(--line); padding: .6rem 1rem; } details:last-child { border-bottom: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
code, pre, .inputs td { font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0; padding: .5rem .7rem; background: var(--page); border-radius: 6px; white-space: pre-wrap; }
.inputs td, .inputs th { text-align: left; border: 0; padding: .1rem .8rem .1rem 0; } .inputs th { color: var(--soft); font-weight: 400; white-space: nowrap; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; padding: 1rem 1.2rem; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
`.trim();
