import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const OUT = join(ROOT, "dist");
/** What the program reads besides code: the sample home, the packs, the sample events, the phone page. */
const DATA = ["fixtures/home", "fixtures/packs", "fixtures/packs-next", "fixtures/events"];
const LOOSE = ["fixtures/simulators/wecom/phone.html", "fixtures/simulators/stackstorm/python-wrapper.py"];

/**
 * `npm run build`: JavaScript and data in `dist`, which runs by itself after `npm ci --omit=dev` there. It is
 * what an image holds.
 */
function build(): void {
  rmSync(OUT, { recursive: true, force: true });
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  execFileSync(tsc, ["--project", join(ROOT, "bot", "deploy", "tsconfig.json")], { stdio: "inherit" });
  for (const path of [...DATA, ...LOOSE]) cpSync(join(ROOT, path), join(OUT, path), { recursive: true });
  for (const path of ["package-lock.json", "README.md", ".env.example"])
    cpSync(join(ROOT, path), join(OUT, path));
  writePackage();
}

function writePackage(): void {
  const {
    devDependencies: _dev,
    scripts: _scripts,
    ...rest
  } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const scripts = {
    start: "exec node --max-semi-space-size=16 --heap-growing-percent=100 bot/main.js",
    demo: "exec node bot/cli/demo.js",
    whale: "node bot/cli/whale.js",
  };
  writeFileSync(join(OUT, "package.json"), `${JSON.stringify({ ...rest, scripts }, null, 2)}\n`);
}

build();
