import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import type { WhaleEvent } from "../../core/events/index.ts";
import { shortId } from "../../core/ids/index.ts";
import type { Explanation, Verdict } from "../../core/rules/index.ts";
import { ask, cardsOf, logged, openCard, openWorld, until, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const WHALE = join(import.meta.dirname, "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);

async function api(world: World, path: string): Promise<{ status: number; body: Record<string, never> }> {
  const token = readFileSync(join(world.home, "data", "local-token"), "utf8").trim();
  const answer = await fetch(`${world.url()}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

/** The event of a drill, once the archive has it and what was said of it. */
async function archived(world: World, subject: string, reason: string): Promise<WhaleEvent> {
  return until(world, `the archive to know of ${reason} on ${subject}`, async () => {
    const { body } = await api(world, `/events?subject=${subject}&reason=${reason}`);
    return (body as unknown as { events: WhaleEvent[] }).events[0];
  });
}

async function explained(world: World, id: string, rule?: string): Promise<Explanation[]> {
  const { status, body } = await api(world, `/events/${id}/explain${rule ? `?rule=${rule}` : ""}`);
  assert.equal(status, 200, JSON.stringify(body));
  return (body as unknown as { rules: Explanation[] }).rules;
}

function verdictOf(explanation: Explanation | undefined): Verdict {
  return explanation && explanation.known !== "not_asked" ? explanation.verdict : assert.fail("no verdict");
}

const ON_H9 = { features: [{ path: "detail.host", op: "equals", value: "h9" }] };
const THROTTLE = { throttle: { key: "all", limit: 1, per: "1h" } };

describe("why a rule did or did not fire", { concurrency: 3 }, () => {
  test("what was decided is told by REST, chat and command line, and the same after a restart", async (t) => {
    const other = drillRule({ id: "h9", title: "只管九号", ...ON_H9 });
    const world = await openWorld(t, { files: { ...drillRule(THROTTLE), ...other } });
    await drill(world, "1");
    await drill(world, "2", { detail: { host: "h2" }, incident: "b" });
    await openCard(world, "演练");
    const fired = await archived(world, "h1", "fired");
    const held = await archived(world, "h2", "throttled");

    const [first, second] = await explained(world, fired.id);
    assert.equal(first?.known, "stored");
    assert.equal(verdictOf(first).reason, "fired");
    assert.deepEqual(verdictOf(second).feature, {
      ...{ index: 0, path: "detail.host", op: "equals", expected: "h9", actual: "h1" },
    });

    const [bucket] = await explained(world, held.id, "drill");
    assert.equal(verdictOf(bucket).throttle?.key, "drill:all");
    assert.ok((verdictOf(bucket).throttle?.nextAtMs ?? 0) > Date.parse(held.receivedAt));

    const said = await ask(world, "zhangsan", `为什么 ${shortId(held.id)} drill`);
    assert.match(said, /被限流 · drill:all · 最早 .* 放行 · 当时的记录/);
    assert.match(await ask(world, "zhangsan", `why ${held.id} h9`), /特征不符 · detail.host equals "h9"/);

    const env = { ...process.env, WHALE_HOME: world.home };
    const { stdout } = await run(process.execPath, [WHALE, "explain", shortId(fired.id), "h9"], { env });
    assert.match(stdout, /h9 {2}feature_failed: .*detail\.host equals "h9".*was "h1"/);
    assert.match(stdout, /as recorded/);

    const before = await explained(world, held.id);
    await world.stop();
    await world.start();
    assert.deepEqual(await explained(world, held.id), before);
  });

  test("what is not kept is judged again as at the receipt, and says so", async (t) => {
    const world = await openWorld(t, { files: { ...drillRule() } });
    await drill(world, "1");
    const event = await archived(world, "h1", "fired");
    for (const [id, more] of Object.entries({ late: ON_H9, newer: {}, elsewhere: { on: ["host.dmesg"] } })) {
      world.write(`rules/${id}.yaml`, drillRule({ id, ...more })[`rules/${id}.yaml`] ?? {});
    }
    await logged(world, { msg: "files in force", by: "files" });
    world.jump(2 * 3_600_000);
    const [late] = await explained(world, event.id, "late");
    assert.equal(late?.known, "recomputed");
    assert.equal(verdictOf(late).reason, "feature_failed");
    const [newer] = await explained(world, event.id, "newer");
    assert.ok(newer?.known === "recomputed" && newer.untold && newer.verdict.reason === "fired");
    const [elsewhere] = await explained(world, event.id, "elsewhere");
    assert.deepEqual(elsewhere?.known === "not_asked" && elsewhere.on, ["host.dmesg"]);
    assert.match(await ask(world, "zhangsan", `why ${event.id} newer`), /会触发，但还没有判定/);
  });

  test("an event is found by the id on a task's card; what is not there is said", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const { cardId } = await openCard(world, "演练");
    await archived(world, "h1", "fired");
    const task = shortId(cardId);
    assert.match(await ask(world, "zhangsan", `why ${task}`), new RegExp(`触发，建了任务 · 编号 ${task}`));
    assert.match(await ask(world, "zhangsan", "why zzzzzz"), /找不到编号为 zzzzzz 的事件/);
    assert.match(await ask(world, "zhangsan", `why ${task} nothing`), /没有规则 nothing/);
    assert.equal((await api(world, "/events/e_none/explain")).status, 404);
    assert.match(await ask(world, "zhaoliu", `why ${task}`), /events\.read/);
  });

  test("in chat too the tasks are told only to who may read them", async (t) => {
    const rights = ["events.read", "rules.read"];
    const roles = [
      { name: "all", of: { users: ["zhangsan"] }, rights: [...rights, "tasks.read"] },
      { name: "half", of: { users: ["lisi"] }, rights },
    ];
    const world = await openWorld(t, { files: { ...drillRule(), "roles.yaml": { roles } } });
    await drill(world, "1");
    const { id } = await archived(world, "h1", "fired");
    const whole = (await ask(world, "zhangsan", `why ${id}`)).split("\n");
    const half = (await ask(world, "lisi", `why ${id}`)).split("\n");
    assert.equal(half.length, whole.length - 1);
    assert.deepEqual(
      half.filter((line) => !whole.includes(line)),
      [],
    );
  });

  test("a shadow rule records what it would have done, and does nothing", async (t) => {
    const shadow = drillRule({
      ...{ id: "shade", title: "影子", mode: "shadow", targets: ["{{ detail.host }}"], ...THROTTLE },
      ...{ action: "disk.show", params: { host: "{{ detail.host }}" } },
    });
    const world = await openWorld(t, { files: { ...drillRule(), ...shadow } });
    await drill(world, "1");
    await openCard(world, "演练");
    const event = await archived(world, "h1", "shadow");
    const [told] = await explained(world, event.id, "shade");
    const { outcome, would } = verdictOf(told);
    assert.equal(outcome, "held");
    const { paramsDigest, ...done } = would ?? assert.fail("nothing told");
    assert.match(paramsDigest, /^[0-9a-f]{64}$/);
    assert.deepEqual(done, {
      ...{ action: "disk.show", targets: ["h1"], params: '{"host":"h1"}', tasks: 1, throttleKey: "all" },
    });
    assert.equal(cardsOf(world, "zhangsan", "影子").length, 0);
    assert.match(await ask(world, "zhangsan", `why ${event.id} shade`), /影子规则.*disk\.show h1/);
    const metrics = await (await fetch(`${world.url()}/metrics`)).text();
    assert.match(metrics, /whale_verdicts\w*\{.*rule="shade".*reason="shadow".*\} 1/);
  });
});
