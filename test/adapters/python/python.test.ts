import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createPython } from "../../../adapters/python/index.ts";

const never = () => new AbortController().signal;
const PATH = process.env["PATH"] ?? "/usr/bin:/bin";

/** A stand-in for Python that says something and ends. */
function saying(t: TestContext, stderr: string, code: number): string {
  const dir = mkdtempSync(join(tmpdir(), "whale-python-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const program = join(dir, "python3");
  writeFileSync(program, `#!/bin/sh\ncat > /dev/null\ncat >&2 <<'END'\n${stderr}\nEND\nexit ${code}\n`);
  chmodSync(program, 0o755);
  return program;
}

describe("Python's syntax", () => {
  test("is told by file and line, and nothing of a file is run", async () => {
    const files = [
      { file: "good.py", text: "import os\nraise SystemExit(3)\n" },
      { file: "bad.py", text: "x = 1\ndef f(:\n" },
      { file: "nul.py", text: "a\0b" },
    ];
    const read = await createPython({ path: PATH }).syntax(files, never());
    assert.ok(read.outcome === "checked", JSON.stringify(read));
    assert.deepEqual(
      read.faults.map(({ file, line }) => [file, line]),
      [
        ["bad.py", 2],
        ["nul.py", 1],
      ],
    );
  });

  test("is not known where there is no Python, and where it is canceled", async () => {
    const one = [{ file: "a.py", text: "" }];
    assert.equal((await createPython({ path: "/nonexistent" }).syntax(one, never())).outcome, "unknown");
    assert.equal((await createPython({ path: PATH }).syntax(one, AbortSignal.abort())).outcome, "unknown");
  });
});

const SAID: [stderr: string, outcome: string][] = [
  [
    "ERROR: Could not find a version that satisfies the requirement six==99 (from versions: 1.15, 1.16)",
    "unresolvable",
  ],
  ["ERROR: ResolutionImpossible: for help visit https://pip.example", "unresolvable"],
  ["ERROR: Could not find a version that satisfies the requirement x (from versions: none)", "unknown"],
  ["WARNING: Retrying after connection broken\nERROR: (from versions: 1.0)", "unknown"],
  ["no such option: --dry-run", "unknown"],
];

describe("requirements", () => {
  for (const [stderr, outcome] of SAID) {
    test(`are ${outcome} when pip says ${stderr.slice(-40)}`, async (t) => {
      const python = createPython({ program: saying(t, stderr, 1), path: PATH });
      assert.equal((await python.requirements(["six==1"], never())).outcome, outcome);
    });
  }

  test("are met when pip says nothing, and asked of nobody when there are none", async (t) => {
    const python = createPython({ program: saying(t, "", 0), path: PATH });
    assert.equal((await python.requirements(["six==1"], never())).outcome, "resolvable");
    const absent = createPython({ path: "/nonexistent" });
    assert.equal((await absent.requirements([], never())).outcome, "resolvable");
    assert.equal((await absent.requirements(["six==1"], never())).outcome, "unknown");
  });
});
