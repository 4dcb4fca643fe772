import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import Koa from "koa";
import Router from "koa-router";
import { readJson } from "../../../../adapters/sources/index.ts";
import { type AccessDeps, runRoutes } from "../../../../bot/http/index.ts";
import { type Right, tokenHash } from "../../../../core/people/index.ts";
import type { RunAnswer, RunRequest } from "../../../../core/runs/index.ts";
import { movableClock } from "../../../support/clock.ts";
import { silentLog } from "../../../support/log.ts";
import { aMadeTask } from "../../../support/tasks.ts";

async function bench(t: TestContext, answer: RunAnswer) {
  const asked: RunRequest[] = [];
  const tokenOf = (id: string, rights: readonly Right[]) => {
    const hash = tokenHash(id);
    return [hash, { id, hash, user: "zhangsan", rights, expires: "2099-01-01" }] as const;
  };
  const access = {
    ...{ clock: movableClock(), log: silentLog, metrics: { count: () => undefined }, trustProxyHops: 0 },
    tokens: () => new Map([tokenOf("may", ["tasks.run"]), tokenOf("other", ["events.read"])]),
    rolesOf: async () => ({ roles: [], unsure: [], against: null }),
    localTokenHash: tokenHash("local"),
  } as unknown as AccessDeps;
  const desk = {
    ask: async (request: RunRequest) => {
      asked.push(request);
      return answer;
    },
    usableBy: async () => [],
  };
  const router = new Router();
  runRoutes(router, { access, desk, ids: { ulid: () => "fresh" }, readJson });
  const server = new Koa().use(router.routes()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const post = (body: unknown, token: string) =>
    fetch(`http://127.0.0.1:${port}/api/v1/runs`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { asked, post };
}

test("a run over REST is asked for by the token's person, or the machine, under its key", async (t) => {
  const task = aMadeTask();
  const { asked, post } = await bench(t, { outcome: "made", task });
  const body = { action: "disk.show", parameters: { host: "vm-1" }, key: "k" };
  const answer = await post(body, "may");
  assert.deepEqual([answer.status, ((await answer.json()) as { task: string }).task], [201, task.id]);
  await post({ action: "disk.show" }, "local");
  assert.deepEqual(asked, [
    { ...body, by: "zhangsan", token: "may", via: "rest" },
    { action: "disk.show", parameters: {}, key: "fresh", by: "local", via: "rest" },
  ]);
});

test("a token without the right asks for nothing, nor does nobody, nor a body that says something else", async (t) => {
  const { asked, post } = await bench(t, { outcome: "made", task: aMadeTask() });
  const body = { action: "disk.show" };
  const answers = [
    await post(body, "other"),
    await post(body, "unknown"),
    await post({}, "may"),
    await post({ ...body, parameters: [] }, "may"),
    await post({ ...body, key: "" }, "may"),
    await post({ ...body, cluster: "hz" }, "may"),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [403, 401, 422, 422, 422, 422],
  );
  assert.deepEqual(asked, []);
});

test("a refusal tells its reason", async (t) => {
  const words = { zh: "不能", en: "no" };
  const refused = { outcome: "refused", reason: "no_grant", message: "不能 (no)", words } as const;
  const { post } = await bench(t, refused);
  const answer = await post({ action: "core.local" }, "may");
  assert.deepEqual(
    [answer.status, await answer.json()],
    [403, { error: { code: "no_grant", message: "不能 (no)" } }],
  );
});

test("a run that is asked for too soon is answered with 429 and when to come again", async (t) => {
  const words = { zh: "太频繁", en: "too many" };
  const refused = { outcome: "refused", reason: "too_many", message: "太频繁", words } as const;
  const { post } = await bench(t, { ...refused, retryAfterMs: 2_400 });
  const answer = await post({ action: "disk.show" }, "may");
  const { error } = (await answer.json()) as { error: { code: string } };
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), error.code], [429, "3", "too_many"]);
});
