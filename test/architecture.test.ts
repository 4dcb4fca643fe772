import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";

const ROOT = dirname(import.meta.dirname);
const TOPS = ["core", "adapters", "bot", "fixtures", "test"];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = TOPS.flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
).filter((file) => !file.includes("node_modules"));
const sources = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));

/** The imports and re-exports of one file. Relative ones are named from the project's root. */
export function importsOf(file: string, text: string): Import[] {
  const pattern = /^\s*(import|export)\s+(type\s)?([^;]*?\sfrom\s+)?"([^"]+)"/gm;
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [, word, type, clause = "", target = ""] = match;
    if (word === "export" && clause === "") return [];
    const to = target.startsWith(".") ? join(dirname(file), target) : target;
    return [{ from: file, to, typeOnly: type !== undefined || onlyTypes(clause) }];
  });
}

function onlyTypes(clause: string): boolean {
  const named = /^\{([^}]*)\}\s+from\s+$/s.exec(clause.trim().concat(" "));
  const names = named?.[1]
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith("type "));
}

const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));
const topOf = (path: string) => path.split("/")[0] ?? "";
const isOurs = (path: string) => TOPS.includes(topOf(path));

/** The places where a rule is broken, as lines. */
function broken(rule: (i: Import) => boolean): string[] {
  return imports.filter(rule).map((i) => `${i.from} → ${i.to}`);
}

/** Libraries that compute and do no I/O. */
const PURE = ["ajv", "canonicalize", "liquidjs", "re2js", "semver", "node:crypto"];
const DEMO = /^bot\/cli\/demo/;
/** Where concrete adapters are built. */
const WIRING = /^bot\/wire(-[a-z]+)?\.ts$/;

describe("imports go one way", () => {
  test("core imports core and pure libraries alone", () => {
    const allowed = (to: string) => topOf(to) === "core" || PURE.includes(to);
    assert.deepEqual(
      broken((i) => topOf(i.from) === "core" && !allowed(i.to)),
      [],
    );
  });

  test("an adapter imports core, itself and outbound alone", () => {
    const folder = (path: string) => path.split("/")[1] ?? "";
    const allowed = (i: Import) =>
      !isOurs(i.to) ||
      topOf(i.to) === "core" ||
      (topOf(i.to) === "adapters" && [folder(i.from), "outbound"].includes(folder(i.to)));
    assert.deepEqual(
      broken((i) => topOf(i.from) === "adapters" && !allowed(i)),
      [],
    );
  });

  test("nobody but tests imports bot", () => {
    const outside = (i: Import) => ["core", "adapters", "fixtures"].includes(topOf(i.from));
    assert.deepEqual(
      broken((i) => outside(i) && topOf(i.to) === "bot"),
      [],
    );
  });

  test("fixtures import core and fixtures alone", () => {
    const allowed = (i: Import) => !isOurs(i.to) || ["core", "fixtures"].includes(topOf(i.to));
    assert.deepEqual(
      broken((i) => topOf(i.from) === "fixtures" && !allowed(i)),
      [],
    );
  });

  test("only the demo imports fixtures into the process", () => {
    assert.deepEqual(
      broken((i) => topOf(i.from) === "bot" && topOf(i.to) === "fixtures" && !DEMO.test(i.from)),
      [],
    );
  });

  test("adapters are built in bot/wire.ts and its parts alone", () => {
    const builds = (i: Import) => topOf(i.from) === "bot" && topOf(i.to) === "adapters" && !i.typeOnly;
    assert.deepEqual(
      broken((i) => builds(i) && !WIRING.test(i.from)),
      [],
    );
  });

  test("folders of others are entered by their index", () => {
    const entersInside = (i: Import) => {
      const across = topOf(i.from) !== topOf(i.to) && ["adapters", "bot"].includes(topOf(i.to));
      return isOurs(i.to) && topOf(i.from) !== "test" && across && !i.to.endsWith("/index.ts");
    };
    assert.deepEqual(broken(entersInside), []);
  });

  test("threads of the embedded store load no library but the one that makes ids", () => {
    // A thread pays for what it loads with half a second at its start, and with memory as long as it lives.
    for (const worker of ["thread/worker.ts", "archive/worker.ts", "checkpoint-worker.ts"]) {
      const loaded = [...loadedBy(`adapters/sqlite/${worker}`)];
      assert.ok(loaded.includes("adapters/sqlite/database.ts"), worker);
      const libraries = loaded.filter((to) => !isOurs(to) && !to.startsWith("node:"));
      assert.deepEqual(
        libraries.filter((name) => name !== "canonicalize"),
        [],
        worker,
      );
    }
  });

  test("there is no cycle of imports that run", () => {
    const next = new Map<string, string[]>();
    for (const i of imports) if (!i.typeOnly) next.set(i.from, [...(next.get(i.from) ?? []), i.to]);
    assert.deepEqual(cycles(next), []);
  });
});

/** All that runs where a file is loaded. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  for (const { from, to, typeOnly } of imports) {
    if (from !== file || typeOnly || loaded.has(to)) continue;
    loaded.add(to);
    loadedBy(to, loaded);
  }
  return loaded;
}

/** Cycles of a graph, each as a path that ends where it began. */
export function cycles(next: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(" → "));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.[a-z]|\bset(Timeout|Interval|Immediate)\b|\bperformance\.|\brandomUUID\b|\brandomBytes\b|\bfetch\(/;

function linesWith(pattern: RegExp, where: (file: string) => boolean): string[] {
  return [...sources]
    .filter(([file]) => where(file))
    .flatMap(([file, text]) =>
      text.split("\n").flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [])),
    );
}

describe("what code may not do", () => {
  test("core has no clock, chance, environment or timers", () => {
    assert.deepEqual(
      linesWith(IMPURE, (file) => topOf(file) === "core"),
      [],
    );
  });

  test("only bot/config reads the environment", () => {
    const product = (file: string) => ["core", "adapters", "bot"].includes(topOf(file));
    assert.deepEqual(
      linesWith(/\bprocess\.env\b/, (f) => product(f) && !f.startsWith("bot/config/")),
      [],
    );
  });

  test("tests expect failures with throws and rejects, never with try and catch", () => {
    const isTest = (file: string) => file.endsWith(".test.ts") || file.startsWith("test/contract/");
    assert.deepEqual(linesWith(/\bcatch\s*[({]/, isTest), []);
  });

  test("no file is longer than 300 lines, but for tables and tests", () => {
    const long = [...sources].filter(
      ([file, text]) => topOf(file) !== "test" && text.split("\n").length > 301,
    );
    assert.deepEqual(
      long.map(([file]) => file),
      [],
    );
  });
});

/** Where StackStorm is known: its adapter, and the address that answers as StackStorm does. */
const KNOWS_STACKSTORM = /^(adapters\/stackstorm|bot\/gateway|core\/gateway)\//;
/** What nobody says who does not speak with StackStorm itself. Its name is what people call it, and is said anywhere. */
const STACKSTORM_WORDS =
  /\b(liveaction|orquesta|inquirer|faultstring|x-auth-token|re_run|aliasexecution|trigger_instance)\b/i;

describe("another engine can be put in the place of StackStorm", () => {
  const product = (file: string) => ["core", "adapters", "bot"].includes(topOf(file));

  test("nothing but its adapter and the gateway says its words", () => {
    assert.deepEqual(
      linesWith(STACKSTORM_WORDS, (file) => product(file) && !KNOWS_STACKSTORM.test(file)),
      [],
    );
  });

  test("its adapter is imported where adapters are built, and by the gateway, alone", () => {
    const isIts = (path: string) => path.startsWith("adapters/stackstorm/");
    assert.deepEqual(
      broken((i) => product(i.from) && isIts(i.to) && !KNOWS_STACKSTORM.test(i.from) && !WIRING.test(i.from)),
      [],
    );
  });
});

describe("the checks themselves", () => {
  test("find a planted import from core to an adapter", () => {
    const [found] = importsOf("core/tasks/x.ts", 'import { a } from "../../adapters/sqlite/index.ts";');
    assert.equal(found?.to, "adapters/sqlite/index.ts");
  });

  test("tell imports of types from imports that run", () => {
    const text =
      'import type { A } from "./a.ts";\nimport { type B, type C } from "./b.ts";\nimport { type D, e } from "./c.ts";';
    assert.deepEqual(
      importsOf("core/x/y.ts", text).map((i) => i.typeOnly),
      [true, true, false],
    );
  });

  test("find a planted cycle", () => {
    assert.deepEqual(
      cycles(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["a"]],
        ]),
      ),
      ["a → b → c → a"],
    );
  });
});
