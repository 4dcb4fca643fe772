import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FINISH, readFinished } from "../../../adapters/images/finish.ts";
import { tempFolder } from "../../support/sqlite.ts";

const PYTHON = "/usr/bin/python3";

/** What an install leaves, as if done at some time, with compiled files of that time. */
function installed(root: string, { second, mode }: { second: number; mode: number }): void {
  const site = join(root, "venvs/disk/lib/python3.11/site-packages");
  for (const dir of ["venvs/disk/bin", "packs/disk/actions"]) mkdirSync(join(root, dir), { recursive: true });
  for (const dir of ["requests/__pycache__", "requests-2.31.0.dist-info"])
    mkdirSync(join(site, dir), { recursive: true });
  symlinkSync(PYTHON, join(root, "venvs/disk/bin/python"));
  writeFileSync(join(site, "requests/__init__.py"), "A = {'b', 'a', None}\n", { mode });
  writeFileSync(join(site, "requests/__pycache__/__init__.cpython-311.pyc"), `compiled in ${second}`);
  writeFileSync(join(root, "packs/disk/actions/run.py"), "def f(x):\n    return x in {'b', 'a', 'c'}\n", {
    mode,
  });
  writeFileSync(join(root, "packs/disk/actions/run.sh"), "#!/bin/sh\n", { mode: mode | 0o100 });
  writeFileSync(join(root, "packs/disk/actions/old.pyc"), String(second));
  utimesSync(join(root, "packs/disk/actions/run.py"), second, second);
  utimesSync(join(site, "requests/__init__.py"), second, second);
}

function finish(root: string): string[] {
  const trees = [join(root, "packs"), join(root, "venvs")];
  return execFileSync("/bin/sh", ["-c", FINISH, "whale", ...trees, "--", "disk", "gone"])
    .toString()
    .trim()
    .split("\n");
}

function contentOf(root: string): Record<string, string> {
  const files = (readdirSync(root, { recursive: true }) as string[]).sort();
  const shown = files.map((path) => {
    const file = join(root, path);
    const { mode } = statSync(file);
    return [
      path,
      `${mode.toString(8)} ${statSync(file).isDirectory() ? "" : readFileSync(file, "base64")}`,
    ] as const;
  });
  return Object.fromEntries(shown.filter(([path]) => !path.endsWith("bin/python")));
}

test("two installs of other times and modes are the same once they are finished", {
  skip: !existsSync(PYTHON),
}, () => {
  const folder = tempFolder();
  // Compiled files name their source: both stand in one place, one after the other.
  const root = join(folder.path, "root");
  const contents = [
    { second: 1_000_000_000, mode: 0o600 },
    { second: 1_700_000_000, mode: 0o664 },
  ].map((how) => {
    installed(root, how);
    const lines = finish(root);
    const content = contentOf(root);
    rmSync(root, { recursive: true });
    return { lines, content };
  });
  folder.remove();
  assert.deepEqual(contents[0], contents[1]);
  const names = Object.keys(contents[0]?.content ?? {});
  assert.ok(
    names.some((name) => /run\.cpython-\d+\.pyc$/.test(name)),
    names.join(" "),
  );
  assert.ok(!names.includes("packs/disk/actions/old.pyc"));
  assert.match(contents[0]?.content["packs/disk/actions/run.sh"] ?? "", /^100755 /);
  assert.match(contents[0]?.content["packs/disk/actions/run.py"] ?? "", /^100644 /);
});

test("what a finish told is read: folders, packages, packs of which there is nothing", () => {
  const lines = [
    "tree disk /opt/packs/disk",
    "package disk typing_extensions-4.8.0.dist-info",
    "package disk PyYAML-5.4.1-py3.8.egg-info",
    "package disk odd",
    "missing gone",
  ];
  assert.deepEqual(readFinished(lines), {
    folders: ["/opt/packs/disk"],
    installed: [
      { pack: "disk", name: "typing_extensions", version: "4.8.0" },
      { pack: "disk", name: "PyYAML", version: "5.4.1" },
    ],
    missing: ["gone"],
  });
});
