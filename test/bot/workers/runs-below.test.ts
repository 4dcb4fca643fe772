import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runsBelow } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Execution } from "../../../core/ports/index.ts";
import type { RunBelow } from "../../../core/tasks/index.ts";

const ROOT = { cluster: "hz", id: "root" };

/** Runs by the id of their parent; a name with `w` is that of a workflow. Others cannot be read. */
function engine(below: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const children = async (cluster: string, id: string): Promise<Execution[]> => {
    asked.push(id);
    const ids = below[id];
    if (!ids) throw new ChatOpsError("gone", { code: "stackstorm.down", retryable: true });
    return ids.map((one) => {
      const run = { id: one, cluster, action: `a.${one}`, status: "running" };
      return one.startsWith("w") ? { ...run, isWorkflow: true as const } : run;
    });
  };
  return { asked, executor: { children } };
}

function names(runs: readonly RunBelow[]): unknown[] {
  return runs.map(({ run, below }) => (below.length > 0 ? [run.id, ...names(below)] : run.id));
}

describe("what is below a run", () => {
  test("is read level by level, of workflows alone", async () => {
    const { asked, executor } = engine({ root: ["w1", "a"], w1: ["b", "w2"], w2: ["c"] });
    const { runs, isWhole } = await runsBelow(ROOT, executor);
    assert.deepEqual([names(runs), isWhole], [[["w1", "b", ["w2", "c"]], "a"], true]);
    assert.deepEqual(asked, ["root", "w1", "w2"]);
  });

  test("is not read deeper than four levels, which is told", async () => {
    const { asked, executor } = engine({ root: ["w1"], w1: ["w2"], w2: ["w3"], w3: ["w4"], w4: ["w5"] });
    const { isWhole } = await runsBelow(ROOT, executor);
    assert.deepEqual([asked, isWhole], [["root", "w1", "w2", "w3"], false]);
  });

  test("takes twenty requests at most, however many workflows there are", async () => {
    const many = Array.from({ length: 50 }, (_, at) => `w${at}`);
    const { asked, executor } = engine({ root: many, ...Object.fromEntries(many.map((id) => [id, ["a"]])) });
    const { runs, isWhole } = await runsBelow(ROOT, executor);
    assert.deepEqual([asked.length, runs.length, isWhole], [20, 50, false]);
  });

  test("is a part where a deeper level cannot be read, and an error where the first cannot", async () => {
    const { executor } = engine({ root: ["w1", "a"] });
    const { runs, isWhole } = await runsBelow(ROOT, executor);
    assert.deepEqual([names(runs), isWhole], [["w1", "a"], false]);
    await assert.rejects(runsBelow({ ...ROOT, id: "unknown" }, executor), { code: "stackstorm.down" });
  });
});
