import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readLocalToken } from "../../../../adapters/local/index.ts";
import { openArchive } from "../../../../adapters/sqlite/archive/index.ts";
import { tokenHash } from "../../../../core/people/index.ts";
import { upTo } from "../../../contract/harness.ts";
import { drillRule } from "../../../scenarios/drill.ts";
import { anEvent } from "../../../support/builders.ts";
import { silentLog } from "../../../support/log.ts";
import { cardsOf, metric, openWorld, until, type World } from "../../../support/world.ts";

const ALL = "/api/v1/replays";
const LIMITED = "token-of-who-may-read-drills-and-replay-nothing";
const NO_RULES = "token-of-who-may-not-read-rules";
const OTHER_RULES = "token-of-who-may-read-rules-of-another-business";
const RIGHTS = ["events.read", "events.replay", "rules.read"];

function tokenOf(id: string, user: string, token: string): object {
  return { id, hash: tokenHash(token), user, rights: RIGHTS, expires: "2099-01-01T00:00:00Z" };
}

const ACCESS = {
  "roles.yaml": {
    roles: [
      {
        ...{ name: "drills", of: { users: ["lisi"] }, rights: ["events.read"] },
        on: { types: ["drill*"] },
      },
      { name: "rules", of: { users: ["lisi"] }, rights: ["rules.read"] },
      { name: "events", of: { users: ["wangwu", "zhaoliu"] }, rights: ["events.*"] },
      { name: "pay", of: { users: ["zhaoliu"] }, rights: ["rules.read"], on: { businesses: ["pay"] } },
    ],
  },
  "tokens.yaml": {
    tokens: [
      tokenOf("limited", "lisi", LIMITED),
      tokenOf("no-rules", "wangwu", NO_RULES),
      tokenOf("other-rules", "zhaoliu", OTHER_RULES),
    ],
  },
};

const MONTH_MS = 30 * 86_400_000;

/** A world whose archive holds drills of a month ago, and one event of another type. */
async function replayable(t: TestContext, drills = 3): Promise<World> {
  const world = await openWorld(t, { files: { ...drillRule(), ...ACCESS } });
  await world.stop();
  const archive = await openArchive({ dataDir: join(world.home, "data"), log: silentLog });
  const receivedAt = new Date(Date.now() - MONTH_MS).toISOString();
  const common = { receivedAt, time: receivedAt };
  const events = upTo(drills).map((no) =>
    anEvent({ ...common, id: `e_${no}`, type: "drill", subject: `h${no}`, detail: { host: `h${no}` } }),
  );
  await archive.write({ events: [...events, anEvent({ ...common, id: "e_disk" })], verdicts: [] });
  await archive.close();
  await world.start();
  return world;
}

/** An object with a key that no literal can have. */
function ownProto(value: unknown): object {
  return Object.fromEntries([["__proto__", value]]);
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  body: any;
}

/** Asks REST; by the machine's own token unless another is given. */
async function ask(
  world: World,
  method: string,
  path: string,
  given: { body?: object; token?: string } = {},
): Promise<Answer> {
  const token = given.token ?? (await readLocalToken(join(world.home, "data")));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = given.body ? { body: JSON.stringify(given.body) } : {};
  const answer = await fetch(world.url() + path, { method, headers, ...sent });
  return { status: answer.status, body: await answer.json() };
}

async function ended(world: World, id: string): Promise<Answer["body"]> {
  return until(world, `the end of ${id}`, async () => {
    const { body } = await ask(world, "GET", `${ALL}/${id}`);
    return ["done", "failed", "canceled"].includes(body.state) ? body : null;
  });
}

describe("replays over REST", () => {
  test("rehearse a month old alert without a card, then for real with a marked one", async (t) => {
    const world = await replayable(t);
    const filter = { type: ["drill"] };
    const rehearsal = await ask(world, "POST", ALL, { body: { filter } });
    assert.equal(rehearsal.status, 202);
    const shown = await ended(world, rehearsal.body.id);
    assert.deepEqual([shown.mode, shown.reason, shown.events, shown.tasks], ["rehearse", "all_judged", 3, 3]);
    assert.deepEqual(shown.samples[0].work.asks, { tag: "sre-oncall" });
    assert.deepEqual([shown.outcomes[0].ruleId, shown.outcomes[0].fired], ["drill", 3]);
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 0);

    const real = await ask(world, "POST", ALL, { body: { filter, mode: "real", maxTasks: 2 } });
    const done = await ended(world, real.body.id);
    assert.deepEqual([done.reason, done.tasks, done.by], ["max_tasks", 2, "local"]);
    await until(world, "two cards", () => cardsOf(world, "zhangsan", "重放 · 演练").length === 2);
    assert.equal(await metric(world, "whale_verdicts_total", { rule: "drill", reason: "fired" }), 0);

    const { body } = await ask(world, "GET", ALL);
    assert.deepEqual(
      body.replays.map(({ id }: { id: string }) => id),
      [real.body.id, rehearsal.body.id],
    );
    const audited = await world.stored(({ audit }) => audit.read(0, 100));
    const told = audited.filter(({ what }) => what === "events.replay");
    assert.deepEqual(
      told.map(({ who, object, detail }) => [who, object, detail["mode"], detail["state"]]),
      [
        ["local", rehearsal.body.id, "rehearse", "queued"],
        ["local", rehearsal.body.id, "rehearse", "done"],
        ["local", real.body.id, "real", "queued"],
        ["local", real.body.id, "real", "done"],
      ],
    );
    assert.match(JSON.stringify(told[0]?.detail["filter"]), /^\{"type":\["drill"\],"to":/);
  });

  test("goes on after a restart, and can be stopped", async (t) => {
    const world = await replayable(t, 30);
    const body = { filter: {}, mode: "real", perSecond: 1 };
    const { id } = (await ask(world, "POST", ALL, { body })).body;
    await until(
      world,
      "the first task",
      async () => (await ask(world, "GET", `${ALL}/${id}`)).body.tasks > 0,
    );
    await world.stop();
    await world.start();
    const before = (await ask(world, "GET", `${ALL}/${id}`)).body;
    assert.equal(before.state, "running");
    await until(
      world,
      "another task",
      async () => (await ask(world, "GET", `${ALL}/${id}`)).body.tasks > before.tasks,
    );
    const stopped = await ask(world, "POST", `${ALL}/${id}/cancel`);
    assert.deepEqual([stopped.status, stopped.body.state], [200, "canceled"]);
    const again = await ask(world, "POST", `${ALL}/${id}/cancel`);
    assert.deepEqual([again.status, again.body.error.code], [409, "ended"]);
    const tasks = await world.stored((store) => store.tasks.list({ limit: 100 }));
    assert.ok(tasks.length >= 2 && tasks.length < 10);
    assert.equal(new Set(tasks.map(({ eventId }) => eventId)).size, tasks.length);
  });
});

test("lets people replay only what they may", async (t) => {
  const world = await replayable(t);
  const status = async (token: string, body: object) => {
    const answer = await ask(world, "POST", ALL, { token, body });
    return [answer.status, answer.body.error?.code ?? "accepted"];
  };
  const drills = { filter: { type: ["drill"] } };
  assert.deepEqual(await status("nobody", drills), [401, "bad_token"]);
  assert.deepEqual(await status(NO_RULES, drills), [403, "no_role"]);
  assert.deepEqual(await status(LIMITED, { filter: {} }), [403, "types_not_named"]);
  assert.deepEqual(await status(LIMITED, { filter: { type: ["drill", "vm.disk.usage"] } }), [
    403,
    "outside_scope",
  ]);
  assert.deepEqual(await status(LIMITED, { ...drills, mode: "real" }), [403, "no_role"]);
  assert.deepEqual(await status(LIMITED, drills), [202, "accepted"]);

  assert.deepEqual(await status(OTHER_RULES, { filter: { ruleId: "drill" } }), [403, "outside_scope"]);
  assert.deepEqual(await status(OTHER_RULES, { filter: { reason: "fired" } }), [403, "outside_scope"]);

  const everything = (await ask(world, "POST", ALL, { body: { filter: {} } })).body.id;
  const seen = (await ask(world, "GET", ALL, { token: LIMITED })).body.replays;
  assert.deepEqual(
    seen.map(({ by }: { by: string }) => by),
    ["user:lisi"],
  );
  for (const [method, path] of [
    ["GET", `${ALL}/${everything}`],
    ["POST", `${ALL}/${everything}/cancel`],
    ["GET", `${ALL}/r_none`],
  ] as const) {
    const { status: code, body } = await ask(world, method, path, { token: LIMITED });
    assert.deepEqual([code, body.error.code], [404, "unknown_replay"]);
  }
  const real = (await ask(world, "POST", ALL, { body: { ...drills, mode: "real", perSecond: 1 } })).body.id;
  const denied = await ask(world, "POST", `${ALL}/${real}/cancel`, { token: LIMITED });
  assert.deepEqual([denied.status, denied.body.error.code], [403, "no_role"]);
});

test("refuses a wrong order and names every fault", async (t) => {
  const world = await replayable(t, 0);
  const cases: [object, RegExp[]][] = [
    [{}, [/filter/]],
    [{ filter: { typ: ["a"] } }, [/filter/]],
    [
      { filter: { type: "drill", severity: ["bad"] }, mode: "now" },
      [/filter\.type/, /filter\.severity/, /mode/],
    ],
    [
      { filter: { from: "2026-13-01T00:00:00Z", to: "2026-99-99T00:00:00Z" } },
      [/filter\.from/, /filter\.to/],
    ],
    [{ filter: {}, perSecond: 0 }, [/perSecond/]],
    [{ filter: {}, mode: "real", perSecond: 51 }, [/perSecond.*50/]],
    [
      { filter: { text: Array.from({ length: 60 }, (_, i) => `w${i}`).join(" ") }, rules: ["none"] },
      [/filter: /, /rules: .*none/],
    ],
    [{ filter: { text: "？！" }, mode: "real" }, [/filter\.text/]],
    [{ filter: { text: " - " }, mode: "now" }, [/mode/]],
    [
      { filter: { text: "\u200B", from: "never", labels: ownProto("prod") } },
      [/filter\.text/, /filter\.from/, /__proto__/],
    ],
    [{ filter: { type: ["drill"], labels: ownProto("prod") } }, [/__proto__/]],
    [{ filter: { numbers: ownProto({ min: 1 }) } }, [/__proto__/]],
  ];
  for (const [body, faults] of cases) {
    const answer = await ask(world, "POST", ALL, { body });
    assert.deepEqual([answer.status, answer.body.error?.code], [422, "bad_order"], JSON.stringify(body));
    for (const fault of faults) assert.match(answer.body.error.faults.join("\n"), fault);
  }
  assert.deepEqual((await ask(world, "GET", ALL)).body.replays, []);
});
