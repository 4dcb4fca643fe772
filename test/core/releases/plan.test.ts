import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  actionUses,
  checkInUse,
  type ItemChange,
  lockFaults,
  lockMoves,
  type PackLock,
  type PackSet,
  planLines,
  planRelease,
  planSummary,
} from "../../../core/releases/index.ts";
import { anAction, aPack } from "./sample.ts";

const HOST = { type: "string", required: true };

/** What a plan says of an action whose parameters change. */
function changed(before: object, after: object): ItemChange | undefined {
  const [was, will] = [before, after].map((parameters) => [
    aPack({ items: [anAction({ parameters: parameters as never })] }),
  ]);
  return planRelease(was ?? [], will ?? [], []).packs[0]?.items[0];
}

const CHANGES: [name: string, before: object, after: object, compatible: boolean, zh: RegExp][] = [
  ["an optional parameter more", {}, { host: { type: "string" } }, true, /新参数 host（可选）/],
  ["a required one more", {}, { host: HOST }, false, /新参数 host（必填）；不兼容/],
  ["a required one with a default more", {}, { host: { ...HOST, default: "a" } }, true, /可选/],
  ["one less", { host: HOST }, {}, false, /去掉参数 host/],
  ["another type", { host: HOST }, { host: { ...HOST, type: "integer" } }, false, /改了类型/],
  ["another default", { n: { default: 1 } }, { n: { default: 2 } }, true, /改了默认值/],
  ["narrower bounds", { n: { maximum: 9 } }, { n: { maximum: 5 } }, false, /取值范围/],
  ["other choices", { n: { enum: [1, 2] } }, { n: { enum: [1] } }, false, /可选值/],
  ["a parameter that is fixed now", { n: {} }, { n: { immutable: true } }, false, /是否固定/],
];

describe("a plan tells of", () => {
  for (const [name, before, after, compatible, zh] of CHANGES) {
    test(name, () => {
      assert.equal(changed(before, after)?.compatible, compatible);
      const packs = [before, after].map((parameters) => [
        aPack({ items: [anAction({ parameters: parameters as never })] }),
      ]);
      const lines = planLines(planRelease(packs[0] ?? [], packs[1] ?? [], []));
      assert.match(lines.map((line) => line.zh).join("\n"), zh);
    });
  }

  test("nothing where only a description is another", () => {
    assert.equal(changed({ host: HOST }, { host: { ...HOST, description: "x" } }), undefined);
    assert.deepEqual(planSummary(planRelease([aPack()], [aPack()], [])), {
      zh: "没有变化",
      en: "nothing changes",
    });
  });

  test("packs and actions that come and go, and what of Whale they concern", () => {
    const before = [aPack(), aPack({ ref: "old", items: [anAction({ ref: "old.run" })] })];
    const after = [
      aPack({ version: "1.1.0", items: [anAction({ ref: "disk.list" })] }),
      aPack({ ref: "net", items: [] }),
    ];
    const uses = [
      { action: "disk.show", kind: "rule" as const, name: "vm-disk", parameters: [] },
      { action: "old.*", kind: "run" as const, name: "ops", parameters: null },
    ];
    const plan = planRelease(before, after, uses);
    assert.equal(plan.compatible, false);
    assert.deepEqual(
      plan.packs.map(({ ref, change, before: was, after: will }) => [ref, change, was, will]),
      [
        ["disk", "changed", "1.0.0", "1.1.0"],
        ["net", "added", null, "1.0.0"],
        ["old", "removed", "1.0.0", null],
      ],
    );
    const [summary] = planLines(plan);
    assert.deepEqual(summary, {
      zh: "3 个包有变化：内容新增 1 项、修改 0 项、删除 2 项；有不兼容的变化",
      en: "3 packs change: items added 1, changed 0, removed 2; some of it is not compatible",
    });
    const zh = planLines(plan).map((line) => line.zh);
    assert.ok(zh.includes("包 disk 修改 1.0.0 → 1.1.0"), zh.join("\n"));
    assert.ok(zh.includes("涉及：规则 vm-disk、执行许可 ops"), zh.join("\n"));
    assert.ok(zh.includes("  删除动作 old.run：还在用：执行许可 ops；不兼容"), zh.join("\n"));
    assert.deepEqual(
      checkInUse(after, uses, plan).map(({ pack }) => pack),
      ["disk"],
    );
  });

  test("a parameter that a rule still gives and that is gone", () => {
    const [was, will] = [{ host: HOST, days: {} }, { host: HOST }].map((parameters) => [
      aPack({ items: [anAction({ parameters: parameters as never })] }),
    ]);
    const uses = [
      { action: "disk.show", kind: "rule" as const, name: "gives", parameters: ["days"] },
      { action: "disk.show", kind: "rule" as const, name: "gives-not", parameters: ["host"] },
    ];
    const found = checkInUse(will ?? [], uses, planRelease(was ?? [], will ?? [], uses));
    assert.deepEqual(
      found.map(({ zh }) => zh),
      ["disk.show 少了还在用的参数：规则 gives"],
    );
  });

  test("no parameter where only one side is known, as for what a cluster says of itself", () => {
    const registered = {
      ref: "disk",
      version: "1.0.0",
      items: [{ kind: "action" as const, ref: "disk.show" }],
    };
    assert.deepEqual(planRelease([registered], [aPack()], []).packs, []);
  });
});

test("everything of a home that names an action is a use of it", () => {
  const uses = actionUses({
    rules: [
      { id: "r", action: "a.b", params: { x: 1 }, offers: [{ id: "o", action: "a.c", params: {} }] } as never,
    ],
    policies: [{ id: "p", actions: ["a.d"] } as never],
    grants: [{ id: "g", actions: ["a.*"] } as never],
    rosters: [{ kind: "lookup", name: "d", lookup: { kind: "action", action: "a.e", params: {} } } as never],
    packSets: [{ id: "s", canary: { action: "a.f" } } as never],
  });
  assert.deepEqual(
    uses.map(({ kind, name, action }) => `${kind} ${name} ${action}`),
    ["rule r a.b", "offer r/o a.c", "run g a.*", "policy p a.d", "roster d a.e", "pack-set s a.f"],
  );
});

const COMMIT = { old: "a".repeat(40), next: "b".repeat(40) };

function aLock(commit: string, version: string): PackLock {
  const packs = [{ ref: "disk", version, path: "." }];
  const base = { builder: "b:1", runtime: "r:1" };
  const repos = [{ name: "disk", url: "./disk", ref: "refs/heads/main", commit, packs }];
  return { set: "base", strategy: "packs-image", base, repos };
}

test("a lock tells what moved, and whether its set was changed since", () => {
  const [old, next] = [aLock(COMMIT.old, "1.0.0"), aLock(COMMIT.next, "1.1.0")];
  assert.deepEqual(lockMoves(old, old), []);
  assert.match(lockMoves(null, old)[0]?.zh ?? "", /disk 新增/);
  assert.match(
    lockMoves(old, next)[0]?.zh ?? "",
    /^disk aaaaaaaaaaaa → bbbbbbbbbbbb \(refs\/heads\/main\), disk 1\.0\.0 → 1\.1\.0$/,
  );
  assert.match(lockMoves(old, { ...next, repos: [] })[0]?.zh ?? "", /disk 去掉/);
  const { strategy, base, repos } = old;
  const set = {
    id: "base",
    strategy,
    base,
    repos: repos.map(({ name, url }) => ({ name, url })),
  } as unknown as PackSet;
  assert.deepEqual(lockFaults(set, old), []);
  assert.match(lockFaults({ ...set, repos: [] }, old)[0]?.zh ?? "", /whale packs lock base/);
});
