import { hash } from "node:crypto";
import { styleElement } from "./html.ts";

/** The one style of all pages: system fonts, both colour schemes, no pictures. */
const STYLE = `
:root { color-scheme: light dark; --back: #f3f4f6; --card: #fff; --ink: #1b1f27; --soft: #5b6270; --line: #e1e4ea;
  --block: #f5f6f8; --blue: #1f5fd0; --on-blue: #fff; --red: #b3261e; --green: #16703c; --amber: #8a4b00; }
@media (prefers-color-scheme: dark) { :root { --back: #14161a; --card: #1d2026; --ink: #e7e9ee; --soft: #a5acb9;
  --line: #343943; --block: #262a32; --blue: #8ab4ff; --on-blue: #0c1a33; --red: #ff9d94; --green: #7fd6a0; --amber: #f2bd6b; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--back); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
a { color: var(--blue); }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-height: 56px; padding: 8px 16px; background: var(--card); border-bottom: 1px solid var(--line); }
header b { margin-right: auto; font-weight: 600; }
nav { display: flex; flex: 1; gap: 4px; }
nav a { display: flex; align-items: center; justify-content: center; min-height: 40px; padding: 0 12px; border-radius: 8px; color: var(--soft); text-decoration: none; }
nav a:hover, nav a[aria-current] { color: var(--blue); background: var(--block); }
nav a[aria-current] { font-weight: 600; }
@media (max-width: 719px) { nav { order: 1; flex-basis: 100%; } nav a { flex: auto; padding: 0 4px; white-space: nowrap; font-size: 15px; } }
header form { margin: 0; }
main { max-width: 1120px; margin: 0 auto; padding: 16px; }
.cols, .col { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 960px) { .cols { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } main { padding: 24px; } }
section, .notice { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.notice { margin: 0 0 16px; border-left: 4px solid var(--blue); }
.notice.bad { border-left-color: var(--red); }
.narrow { max-width: 520px; margin: 8vh auto 0; }
h1 { font-size: 21px; line-height: 1.35; margin: 0 0 8px; }
h2 { font-size: 16px; margin: 0 0 10px; }
h3 { font-size: 14px; margin: 16px 0 6px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 10px; }
p:last-child { margin-bottom: 0; }
.top { margin: 0 0 16px; }
.facts { color: var(--soft); display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 0; }
.state { font-weight: 600; border: 1px solid currentColor; border-radius: 999px; padding: 1px 12px; color: var(--blue); }
.state.good { color: var(--green); } .state.bad { color: var(--red); } .state.warn { color: var(--amber); }
dl { margin: 0; display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); gap: 6px 14px; }
dt { color: var(--soft); min-width: 4.5em; }
@media (max-width: 599px) { .values { grid-template-columns: minmax(0, 1fr); gap: 0; } .values dd + dt { margin-top: 8px; } }
dd { margin: 0; min-width: 0; unicode-bidi: isolate; white-space: pre-wrap; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: 14px; }
code { unicode-bidi: isolate; }
pre { margin: 0; padding: 10px 12px; background: var(--block); border-radius: 8px; white-space: pre-wrap; unicode-bidi: isolate; }
.gap { color: var(--soft); text-align: center; margin: 6px 0; font-size: 14px; }
ul, ol { margin: 0; padding: 0; list-style: none; }
.features li { display: flex; gap: 8px; align-items: baseline; padding: 2px 0; }
.features li > span { flex: none; }
.d1 { margin-left: 1.4em; } .d2 { margin-left: 2.8em; } .d3 { margin-left: 4.2em; }
.yes { color: var(--green); font-weight: 600; } .no { color: var(--red); font-weight: 600; }
.soft { color: var(--soft); font-size: 14px; }
.line li { padding: 6px 0 6px 14px; border-left: 2px solid var(--line); }
details > summary { cursor: pointer; padding: 8px 0; color: var(--blue); min-height: 40px; }
label { display: block; font-weight: 600; margin: 12px 0 4px; }
.runs .runs { margin-left: 1.4em; }
textarea, select, input { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: 8px; padding: 9px 11px; }
textarea { min-height: 84px; resize: vertical; }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 12px; }
button, .button { font: inherit; font-weight: 600; min-height: 46px; padding: 9px 18px; border-radius: 8px; border: 1px solid var(--blue);
  background: var(--blue); color: var(--on-blue); cursor: pointer; text-decoration: none; display: inline-block; text-align: center; }
button.danger { background: transparent; color: var(--red); border-color: var(--red); }
button.quiet, .button.quiet { background: transparent; color: var(--blue); border-color: var(--line); min-height: 40px; padding: 6px 12px; font-weight: 500; }
form + p { margin-top: 12px; } .filter + p { margin: 0 0 16px; }
.row { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; margin-top: 10px; }
.filter { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 0 12px; align-items: end; margin: 0 0 16px; }
.filter label { margin: 0 0 10px; font-size: 14px; color: var(--soft); }
.filter input, .filter select { margin-top: 4px; font-size: 16px; color: var(--ink); font-weight: 400; min-height: 44px; }
.filter .row { margin: 0; grid-column: 1 / -1; }
.filter button, .filter .button { min-height: 44px; align-content: center; }
.rows { width: 100%; border-collapse: collapse; }
.rows th { text-align: left; font-size: 14px; font-weight: 600; color: var(--soft); padding: 0 12px 6px 0; white-space: nowrap; }
.rows td { padding: 9px 12px 9px 0; border-top: 1px solid var(--line); vertical-align: top; unicode-bidi: isolate; min-width: 4.2em; }
.rows td:first-child { min-width: 12em; }
.rows .state, time { white-space: nowrap; } .rows .state { font-size: 14px; }
@media (max-width: 959px) { .rows thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
  .rows, .rows tbody, .rows td { display: block; } .rows tr { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline; padding: 10px 0; border-top: 1px solid var(--line); }
  .rows tbody tr:first-child { border-top: 0; padding-top: 0; } .rows td { padding: 0; border: 0; min-width: 0; } .rows td:empty { display: none; }
  .rows td::before { content: attr(data-label) " "; color: var(--soft); font-size: 14px; }
  .rows td:first-child { min-width: 0; flex-basis: 100%; font-weight: 600; } .rows td:first-child::before { content: none; } }
@media print { header form, nav, .buttons { display: none; } }
`;

export const STYLE_ELEMENT = styleElement(STYLE);

/** Names the style to browsers: they take no other, and no script at all. */
export const STYLE_SOURCE = `'sha256-${hash("sha256", STYLE, "base64")}'`;
