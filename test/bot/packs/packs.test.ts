import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openTree } from "../../../adapters/git/index.ts";
import { packFormat } from "../../../adapters/stackstorm/index.ts";
import { checkSet, fetchLocked, lockSet, type PackTools } from "../../../bot/packs/index.ts";
import type { PackSet } from "../../../core/releases/index.ts";
import { aWorkshop } from "../../adapters/git/repository.ts";

const never = () => new AbortController().signal;
const PACK = "name: disk\ndescription: d\nversion: 1.0.0\nauthor: a\n";
const FLOW = "name: flow\nrunner_type: orquesta\nentry_point: workflows/flow.yaml\n";
const FILES = {
  "pack.yaml": PACK,
  "requirements.txt": "six==1.16.0\n",
  "actions/flow.yaml": FLOW,
  "actions/workflows/flow.yaml": "version: 1.0\ntasks: {}\n",
  "actions/lib.py": "x = 1\n",
};

function aSet(overrides: Partial<PackSet> = {}): PackSet {
  const url = "./git/repo";
  return {
    ...{ id: "base", title: "t", strategy: "packs-image", image: "r.example/p", drainMs: null, checks: {} },
    base: { builder: "b:1", runtime: "r:1" },
    repos: [{ name: "../odd name", url, folders: ["./git"], at: { ref: "main" } }],
    ...{ clusters: ["hz", "sh"], approval: {} as PackSet["approval"], ...overrides },
  };
}

/** Clusters and a Python that answer as told. */
function answering(repos: PackTools["repos"], answers: Partial<PackTools> = {}): PackTools {
  return {
    ...{ repos, format: packFormat, openTree, registry: null, maxRepoBytes: 2 ** 20 },
    python: {
      syntax: async () => ({ outcome: "checked", faults: [] }),
      requirements: async () => ({ outcome: "resolvable" }),
    },
    ...answers,
  };
}

describe("a pack set", () => {
  test("is locked, fetched by its lock after its branch moved, and checked", async (t) => {
    const { home, create, repos } = aWorkshop(t);
    const tools = answering(repos);
    const made = create();
    const commit = made.commit(FILES);
    const set = aSet();
    const locked = await lockSet(set, { dir: join(home, "a"), tools }, never());
    assert.ok(locked.outcome === "fetched", JSON.stringify(locked));
    assert.deepEqual(locked.lock.repos, [
      {
        ...{ name: "../odd name", url: "./git/repo", ref: "refs/heads/main", commit },
        packs: [{ ref: "disk", version: "1.0.0", path: "." }],
      },
    ]);
    made.commit({ ...FILES, "pack.yaml": PACK.replace("1.0.0", "2.0.0") });
    const fetched = await fetchLocked({ set, lock: locked.lock, dir: join(home, "b") }, tools, never());
    assert.ok(fetched.outcome === "fetched");
    assert.equal(fetched.repos[0]?.packs[0]?.version, "1.0.0");
    assert.equal(fetched.folders.get("../odd name"), join(home, "b", "0"));
    const problems = await checkSet({ set, uses: [], ...fetched }, tools, never());
    assert.deepEqual(
      problems.map(({ level, check }) => [level, check]),
      [["warning", "workflow"]],
    );

    const other = aSet({ base: { builder: "b:2", runtime: "r:1" } });
    const stale = await fetchLocked({ set: other, lock: locked.lock, dir: join(home, "c") }, tools, never());
    assert.deepEqual(
      stale.problems.map(({ check }) => check),
      ["lock"],
    );
  });

  test("is not locked while a repository is gone or holds no sound pack", async (t) => {
    const { home, create, repos } = aWorkshop(t);
    const tools = answering(repos);
    const gone = await lockSet(aSet(), { dir: join(home, "a"), tools }, never());
    assert.deepEqual(
      gone.problems.map(({ check, level }) => [check, level]),
      [["fetch", "error"]],
    );
    create().commit({ ...FILES, "pack.yaml": PACK.replace("name: disk", "name: ../etc") });
    const odd = await lockSet(aSet(), { dir: join(home, "b"), tools }, never());
    assert.equal(odd.outcome, "failed");
  });

  test("is checked by the first cluster that answers, and by Python", async (t) => {
    const { home, create, repos } = aWorkshop(t);
    const asked: string[] = [];
    const tools = answering(repos, {
      registry: {
        registered: async () => [],
        inspect: async (cluster) => {
          asked.push(cluster);
          if (cluster === "hz") throw new Error("down");
          return [{ message: "no such task", path: "tasks.a" }];
        },
      },
      python: {
        syntax: async (files) => ({
          outcome: "checked",
          faults: files.map(({ file }) => ({ file, line: 3, message: "invalid syntax" })),
        }),
        requirements: async () => ({ outcome: "unresolvable", message: "no six 99" }),
      },
    });
    create().commit(FILES);
    const locked = await lockSet(aSet(), { dir: join(home, "a"), tools }, never());
    assert.ok(locked.outcome === "fetched");
    const problems = await checkSet({ set: aSet(), uses: [], ...locked }, tools, never());
    assert.deepEqual(
      problems.map(({ level, check, file, line }) => [level, check, file, line]),
      [
        ["error", "python", "actions/lib.py", 3],
        ["error", "requirements", "requirements.txt", undefined],
        ["error", "workflow", "actions/workflows/flow.yaml", undefined],
      ],
    );
    assert.deepEqual(asked, ["hz", "sh"]);
  });
});
