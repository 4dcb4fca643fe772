import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  compareRows,
  frameReader,
  frameText,
  heldExecution,
  isListed,
  isMinted,
  isOfGateway,
  mergedByKey,
  microsOf,
  microsText,
  mintedId,
  readControl,
  readPage,
  readQuery,
  readRerun,
  readStart,
  taskPrefixOf,
  timeOrderOf,
  viewOf,
} from "../../../core/gateway/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { taskId } from "../../../core/ids/index.ts";
import type { Scope } from "../../../core/people/index.ts";
import { aTask } from "../../support/builders.ts";
import { shownAll } from "../../support/secrecy.ts";

describe("an id that Whale mints", () => {
  test("follows from its task alone, and its task is found by it", () => {
    fc.assert(
      fc.property(fc.string(), (event) => {
        const id = taskId(event, "r", 0);
        const minted = mintedId(id);
        assert.match(minted, /^ff[0-9a-f]{22}$/);
        assert.ok(id.startsWith(`t_${taskPrefixOf(minted)}`));
        assert.ok(isMinted(minted));
      }),
    );
  });

  test("is none that StackStorm makes", () => {
    assert.equal(isMinted("6a1b2c3d4e5f60718293a4b5"), false);
    assert.equal(isMinted("ff"), false);
  });

  test("is shown for what was asked for through the gateway alone", () => {
    const retry = { kind: "retry", of: "t_x", by: "u", key: "gateway:user:u:1" } as const;
    assert.equal(isOfGateway(aTask({ origin: retry })), true);
    assert.equal(isOfGateway(aTask({ origin: { ...retry, key: "rest:user:u:1" } })), false);
    assert.equal(isOfGateway(aTask()), false);
  });
});

describe("a start that is held", () => {
  test("looks like a delayed execution until it runs", () => {
    const task = aTask();
    const row = heldExecution(task, "待授权", shownAll);
    assert.equal(row["id"], mintedId(task.id));
    assert.equal(row["status"], "delayed");
    assert.deepEqual(row["action"], { ref: "disk.cleanup", pack: "disk", name: "cleanup", runner_type: "" });
    assert.equal(row["end_timestamp"], undefined);
  });

  test("ends as canceled, with the reason, when nobody approves", () => {
    const row = heldExecution(aTask({ state: "expired" }), "无人应答", shownAll);
    assert.equal(row["status"], "canceled");
    assert.deepEqual(row["result"], { error: "无人应答" });
  });

  test("shows no secret", () => {
    const task = { ...aTask({ params: { host: "vm-1", password: "hunter2" } }), secretParams: ["password"] };
    assert.doesNotMatch(JSON.stringify(heldExecution(task, "", shownAll)), /hunter2/);
  });

  test("is in the lists whose filters it fits, and in none that it cannot be judged by", () => {
    const row = heldExecution(aTask(), "", shownAll);
    const listed = (query: string) => isListed(row, new URLSearchParams(query));
    assert.ok(listed(""));
    assert.ok(listed("status=delayed&action=disk.cleanup&parent=null"));
    for (const query of [
      "status=running",
      "action=core.local",
      "parent=x",
      "runner=orquesta",
      "filter=a:b",
    ]) {
      assert.equal(listed(query), false, query);
    }
  });
});

describe("a query", () => {
  const sent = (query: string) => {
    const read = readQuery(new URLSearchParams(query));
    return read.outcome === "read" ? read.query.toString() : read.status;
  };

  test("goes on without what shows secrets, however it is written", () => {
    assert.equal(sent("limit=5&show_secrets=true&SHOW_SECRETS=1&decrypt=true&cluster=a"), "limit=5");
    assert.equal(sent("show%5Fsecrets=1"), "");
    assert.equal(sent("a=1;show_secrets=true"), "a=1%3Bshow_secrets%3Dtrue");
  });

  test("with a token in it is refused", () => {
    for (const name of ["x-auth-token", "st2-api-key", "X-Auth-Token"]) assert.equal(sent(`${name}=s`), 401);
  });

  test("with two dots where StackStorm would read a stretch of time is refused", () => {
    assert.equal(sent("id=a..b"), 400);
    assert.equal(sent("timestamp=2026-01-01..2026-02-01"), "timestamp=2026-01-01..2026-02-01");
  });

  test("names which part of a list is asked for, within bounds", () => {
    const rules = { defaultLimit: 100, maxLimit: 100, maxOffset: 1_000, all: false };
    const page = (query: string) => {
      const read = readPage(new URLSearchParams(query), rules);
      return read.outcome === "read" ? [read.limit, read.offset] : read.status;
    };
    assert.deepEqual(page(""), [100, 0]);
    assert.deepEqual(page("limit=7&offset=3"), [7, 3]);
    for (const query of ["limit=0", "limit=-2", "limit=x", "offset=-1", "offset=1001"])
      assert.equal(page(query), 400);
    for (const query of ["limit=-1", "limit=101"]) assert.equal(page(query), 403);
  });
});

describe("a list over clusters", () => {
  const row = (id: string, at: string) => ({ id, start_timestamp: at });

  test("is in the order of time whatever form the instants have", () => {
    const rows = [
      row("a", "2026-11-26T05:00:00Z"),
      row("b", "2026-11-26T05:00:00.000002Z"),
      row("c", "2026-11-26T13:00:00.000001+08:00"),
    ];
    const order = timeOrderOf(new URLSearchParams(), "start_timestamp");
    assert.ok(order);
    assert.deepEqual(
      [...rows].sort((a, b) => compareRows(a, b, order)).map(({ id }) => id),
      ["b", "c", "a"],
    );
  });

  test("keeps no other order than that of time", () => {
    const order = (query: string) => timeOrderOf(new URLSearchParams(query), "start_timestamp")?.descending;
    assert.equal(order("sort_asc=true"), false);
    assert.equal(order("sort=%2Bstart_timestamp"), false);
    assert.equal(order("sort=-start_timestamp"), true);
    assert.equal(order("sort=status"), undefined);
  });

  test("an instant is the same after it was written and read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (micros) => {
        assert.equal(microsOf(microsText(micros)), micros);
      }),
    );
  });

  test("has each action once, and tells which clusters have it otherwise", () => {
    const action = (id: string, enabled: boolean) => ({
      id,
      uid: `action:${id}`,
      ref: "core.local",
      enabled,
    });
    const { rows, conflicts } = mergedByKey(
      [
        { cluster: "a", rows: [action("1", true), { id: "9", ref: "x.only" }] },
        { cluster: "b", rows: [action("2", true)] },
        { cluster: "c", rows: [action("3", false)] },
      ],
      "ref",
    );
    assert.deepEqual(
      rows.map((one) => [one["id"], one["whale"]]),
      [
        ["1", { clusters: ["a", "b", "c"], differs: ["c"] }],
        ["9", { clusters: ["a"] }],
      ],
    );
    assert.deepEqual(conflicts, ["core.local"]);
  });
});

describe("how much of a cluster is seen", () => {
  const cluster = (businesses: string[]) => ({ name: "hz", businesses, priority: 1 });
  const limited = (...anyOf: Extract<Scope, { kind: "limited" }>["anyOf"]): Scope => ({
    kind: "limited",
    anyOf,
  });
  const cases: [string, Scope, string[], string][] = [
    ["everything", { kind: "everything" }, ["shop"], "all"],
    ["nothing", { kind: "nothing" }, [], "nothing"],
    ["this cluster", limited({ clusters: ["hz"] }), ["shop"], "all"],
    ["another cluster", limited({ clusters: ["sh"] }), ["shop"], "nothing"],
    ["its only business", limited({ businesses: ["shop"] }), ["shop"], "all"],
    ["one of its businesses", limited({ businesses: ["shop"] }), ["shop", "pay"], "tasks"],
    [
      "each of its businesses",
      limited({ businesses: ["shop"] }, { businesses: ["pay"] }),
      ["shop", "pay"],
      "all",
    ],
    ["a business, where it serves all", limited({ businesses: ["shop"] }), [], "tasks"],
    ["a business that it does not serve", limited({ businesses: ["shop"] }), ["pay"], "nothing"],
    ["a rule", limited({ rules: ["r"] }), ["shop"], "tasks"],
    ["types", limited({ types: ["vm.*"] }), ["shop"], "nothing"],
  ];
  for (const [what, scope, businesses, view] of cases) {
    test(`${what}: ${view}`, () => assert.equal(viewOf(scope, cluster(businesses)), view));
  }
});

describe("what clients write", () => {
  test("a start counts by its action and parameters; nothing of its context does", () => {
    const context = { parent: { id: "x" }, user: "root", "re-run": {} };
    const read = readStart({ action: "core.local", parameters: { cmd: "ls" }, context, notify: {} }, "lisi");
    const ignored = ["context.parent", "context.user", "context.re-run"];
    assert.deepEqual(read, {
      outcome: "read",
      action: "core.local",
      parameters: { cmd: "ls" },
      notify: null,
      ignored,
    });
  });

  test("a start as somebody else, later, or of what is no action is refused", () => {
    const status = (body: Parameters<typeof readStart>[0]) => {
      const read = readStart(body, "lisi");
      return read.outcome === "read" ? 201 : read.status;
    };
    assert.equal(status({ action: "core.local", user: "lisi" }), 201);
    assert.equal(status({ action: "core.local", user: "root" }), 403);
    assert.equal(status({ action: "core.local", delay: 5000 }), 400);
    assert.equal(status({ action: "../x" }), 400);
    assert.equal(status({ action: "core.local", parameters: [1] }), 400);
    assert.equal(status({ action: "core.local", extra: 1 }), 400);
  });

  test("only the five words of a control may be written, and no result", () => {
    const what = (body: Parameters<typeof readControl>[0]) => {
      const read = readControl(body);
      return read.outcome === "read" ? read.what : "refused";
    };
    const words = ["pausing", "paused", "resuming", "canceling", "canceled"].map((status) =>
      what({ status }),
    );
    assert.deepEqual(words, ["pause", "pause", "resume", "cancel", "cancel"]);
    for (const status of ["succeeded", "failed", "running", "toString", ""])
      assert.equal(what({ status }), "refused");
    assert.equal(what({ status: "canceled", result: {} }), "refused");
  });

  test("a run once more is as it was, with other parameters, or of some of its failed steps", () => {
    const wish = (body: Parameters<typeof readRerun>[0]) => {
      const read = readRerun(body, "lisi");
      return read.outcome === "read" ? read.wish : read.status;
    };
    assert.deepEqual(wish({}), {});
    assert.deepEqual(wish({ parameters: {}, tasks: [], reset: [], delay: 0, user: "LiSi" }), {});
    assert.deepEqual(wish({ parameters: { a: 1 } }), { parameters: { a: 1 } });
    assert.deepEqual(wish({ tasks: ["t1", "t1"] }), { rerun: "failed", steps: ["t1"] });
    const both = { tasks: ["t1", "t2"], reset: ["t2"] };
    assert.deepEqual(wish(both), { rerun: "failed", steps: ["t1", "t2"], reset: ["t2"] });
  });

  test("a run once more that StackStorm refuses is refused before it is asked", () => {
    const refused = [
      { tasks: ["t1"], parameters: { a: 1 } },
      { tasks: ["t1"], reset: ["t2"] },
      { reset: ["t2"] },
      { tasks: "t1" },
      { tasks: [1] },
      { parameters: [1] },
      { delay: 5 },
      { no_merge: true },
    ];
    for (const body of refused) {
      const read = readRerun(body, "lisi");
      assert.deepEqual(
        [read.outcome, "status" in read && read.status],
        ["refused", 400],
        JSON.stringify(body),
      );
    }
    const other = readRerun({ user: "root" }, "lisi");
    assert.equal("status" in other && other.status, 403);
  });

  test("whom StackStorm is to tell of the end goes along as it is, unless StackStorm would render it", () => {
    const notify = (value: Json) => {
      const read = readStart({ action: "core.local", notify: value }, "lisi");
      return read.outcome === "read" ? read.notify : read.message;
    };
    const told = { "on-complete": { routes: ["hubot"], channels: ["ops"], message: "done", data: { a: 1 } } };
    assert.deepEqual(notify(told), told);
    assert.equal(notify(null), null);
    for (const value of [
      ...[1, { "on-fire": {} }, { "on-complete": [] }, { "on-complete": { routes: "hubot" } }],
      ...[
        { "on-failure": { message: "{{ st2kv.system.token }}" } },
        { "on-failure": { data: { "{% x": 1 } } },
      ],
      { "on-failure": { message: "x".repeat(9_000) } },
    ]) {
      assert.match(String(notify(value)), /notify/, JSON.stringify(value));
    }
  });
});

describe("a stream's events", () => {
  test("are whole whatever pieces they come in", () => {
    const frames = [
      { event: "st2.execution__update", data: '{"id":"1"}' },
      { event: "EOF", data: "''" },
    ];
    const text = `\n\n${frames.map(frameText).join("\n")}`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const reader = frameReader(1_000);
        const got = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          got.push(...(reader.push(text.slice(at, at + size)) ?? []));
          at += size;
        }
        assert.deepEqual(got, frames);
      }),
    );
  });

  test("one without an end is given up", () => {
    assert.equal(frameReader(10).push("data: 123456789"), null);
  });
});
