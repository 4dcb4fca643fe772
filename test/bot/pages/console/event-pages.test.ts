import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import Koa, { type Context } from "koa";
import Router from "koa-router";
import { type EventPageDeps, showEvent } from "../../../../bot/pages/console/event.ts";
import { type EventListDeps, showEvents } from "../../../../bot/pages/console/events.ts";
import { ChatOpsError } from "../../../../core/errors.ts";
import type { WhaleEvent } from "../../../../core/events/index.ts";
import { NO_MASKING } from "../../../../core/pages/index.ts";
import type { Explanation } from "../../../../core/rules/index.ts";
import { anEvent } from "../../../support/builders.ts";
import { finding } from "../../../support/explainer.ts";
import { httpServer } from "../../../support/http-server.ts";
import { silentLog } from "../../../support/log.ts";
import { shownAll } from "../../../support/secrecy.ts";

type Deps = EventListDeps & EventPageDeps;

const DOWN = new ChatOpsError("elasticsearch 没有应答 (does not answer)", {
  code: "elasticsearch.unreachable",
  reached: "no",
});
const EVENT: WhaleEvent = anEvent({ title: "磁盘将满" });

function aVerdict(ruleId: string): Explanation {
  const { id: eventId, receivedAt: at } = EVENT;
  const verdict = { eventId, ruleId, ruleVersion: "1", outcome: "held", reason: "repeat", at } as const;
  return { known: "stored", ruleId, title: ruleId, verdict, changed: false };
}

/** Everything is there and says nothing, but for what differs. */
function depsWith({ archive, explainer }: { archive?: object; explainer?: object }): Deps {
  const site = {
    ...{ publicUrl: "https://whale.example", base: "", isHttps: true, language: "zh", trustProxyHops: 0 },
    sessions: {
      read: () => ({ id: "s", userId: "zhangsan" }),
      marksFor: () => ({ nonce: "", hash: "", token: "" }),
    },
    ...{ log: silentLog, metrics: { count: () => undefined } },
  };
  const role = { name: "all", of: {}, rights: ["events.read", "rules.read"] };
  const deps = {
    site,
    directory: { vouch: async () => ({ outcome: "not_entitled" }), nameOf: async (id: string) => id },
    rolesOf: async () => ({ roles: [role], unsure: [], against: null }),
    ...{ languageOf: async () => null, roles: () => [role], rules: () => [], registry: () => new Map() },
    archive: { search: async () => ({ events: [], next: null }), overview: async () => [], ...archive },
    explainer: {
      find: async () => ({ outcome: "found", event: EVENT }),
      ...{ explain: async () => [], tasksOf: async () => [], askedBy: async () => [], ...explainer },
    },
    ...{ masking: NO_MASKING, shown: shownAll, timeZone: "Asia/Shanghai", clock: { nowMs: () => 0 } },
  };
  return deps as unknown as Deps;
}

async function see(t: TestContext, path: string, deps: Deps): Promise<{ status: number; text: string }> {
  const router = new Router();
  router.get("/events", (ctx: Context) => showEvents(ctx, deps));
  router.get("/events/:id", (ctx: Context) => showEvent(ctx, deps));
  const app = new Koa().use(router.routes());
  const { origin } = await httpServer(t, app.callback());
  const answer = await fetch(`${origin}${path}`, { headers: { "accept-language": "zh-CN" } });
  return { status: answer.status, text: await answer.text() };
}

async function fails(): Promise<never> {
  throw DOWN;
}

describe("while the archive does not answer", () => {
  test("a search says so, and keeps what was asked", async (t) => {
    const page = await see(t, "/events?q=disk", depsWith({ archive: { search: fails } }));
    assert.equal(page.status, 503);
    assert.match(page.text, /事件归档暂时读不到，请稍后再试：elasticsearch 没有应答/);
    assert.match(page.text, /name="q" value="disk"/);
  });

  test("an event says so, found or not", async (t) => {
    for (const deps of [depsWith({ explainer: { find: fails } }), depsWith({ archive: { search: fails } })]) {
      const page = await see(t, `/events/${EVENT.id}`, deps);
      assert.equal(page.status, 503);
      assert.match(page.text, /暂时读不到事件.*elasticsearch 没有应答/s);
    }
  });
});

test("an event that very many rules read lists some, and says how many more", async (t) => {
  const many = Array.from({ length: 130 }, (_, i) => aVerdict(`rule-${i}`));
  let looked = 0;
  const tasksOf = async () => {
    looked += 1;
    return [];
  };
  const page = await see(
    t,
    `/events/${EVENT.id}`,
    depsWith({ explainer: { explain: async () => many, tasksOf } }),
  );
  assert.match(page.text, /rule-99/);
  assert.ok(!page.text.includes("rule-100"));
  assert.match(page.text, /另有 30 条规则的结论未列出/);
  assert.equal(looked, 100);
});

test("several events of one beginning are none", async (t) => {
  const page = await see(
    t,
    "/events/e_a",
    depsWith({ explainer: { find: async () => ({ outcome: "ambiguous" }) } }),
  );
  assert.equal(page.status, 404);
  assert.match(page.text, /没有这个事件/);
});

test("behind a beginning, an event that the guest may not read is none", async (t) => {
  const role = { name: "net", of: {}, rights: ["events.read"], on: { types: ["net.*"] } } as const;
  const rolesOf = async () => ({ roles: [role], unsure: [], against: null });
  const { explainer } = finding([EVENT]);
  const page = await see(t, `/events/${EVENT.id.slice(0, 8)}`, { ...depsWith({ explainer }), rolesOf });
  assert.equal(page.status, 404);
  assert.match(page.text, /没有这个事件/);
});

test("a monitor that writes pages for a title fills none of ours, and its name is masked too", async (t) => {
  const masking = { ...NO_MASKING, maskText: (text: string) => text.replaceAll("s3cr3t", "***") };
  const long = anEvent({ title: `${"长".repeat(5_000)}尾` });
  const search = async () => ({ events: [long], next: null });
  const list = await see(t, "/events", { ...depsWith({ archive: { search } }), masking });
  assert.ok(list.text.includes("长…</a>"));
  assert.ok(!list.text.includes("尾"));
  const find = async () => ({ outcome: "found", event: { ...EVENT, title: "", name: "disk s3cr3t" } });
  const page = await see(t, `/events/${EVENT.id}`, { ...depsWith({ explainer: { find } }), masking });
  assert.match(page.text, /<h1>disk \*{3}<\/h1>/);
});
