import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenHash } from "../../core/people/index.ts";
import {
  click,
  message,
  openCard,
  openWorld,
  runsOf,
  textOfCard,
  until,
  type World,
} from "../support/world.ts";

const TOKEN = "token-of-the-person-zhangsan-0001";
const ID = "zhangsan-st2";
const FILES = {
  "runs.yaml": {
    runs: [
      {
        ...{ id: "sleep", title: "等待", actions: ["core.sleep"], business: "shop" },
        approval: { from: { tag: "sre-oncall" } },
      },
    ],
  },
  "roles.yaml": {
    roles: [{ name: "dev", of: { users: ["zhangsan"] }, rights: ["tasks.*", "clusters.read"] }],
  },
  "tokens.yaml": {
    tokens: [
      {
        ...{ id: ID, hash: tokenHash(TOKEN), user: "zhangsan", rights: ["tasks.*", "clusters.read"] },
        expires: "2099-01-01",
      },
    ],
  },
};

async function st2(world: World, service: "api" | "stream", path: string, body?: object) {
  const headers = { "x-auth-token": TOKEN, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${world.url()}/st2/${service}/v1${path}`, init);
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  return { status: answer.status, body: (isJson ? JSON.parse(text) : text) as any };
}

test("a start through the gateway waits for a person, and is read by its first id before, during and after", async (t) => {
  const world = await openWorld(t, { files: FILES });
  // What the command line of StackStorm asks for before it starts anything.
  const action = await st2(world, "api", "/actions/core.sleep");
  const runners = await st2(world, "api", `/runnertypes/?name=${action.body.runner_type}`);
  assert.equal(runners.body[0].name, action.body.runner_type);

  const notify = { "on-complete": { routes: ["hubot"] } };
  const start = { action: "core.sleep", parameters: { seconds: 0.2 }, notify };
  const made = await st2(world, "api", "/executions", start);
  const { id } = made.body;
  assert.deepEqual([made.status, made.body.status], [201, "delayed"]);
  assert.match(id, /^[0-9a-f]{24}$/);
  const hearing = st2(world, "stream", `/executions/${id}/output`);
  assert.equal((await st2(world, "api", `/executions/${id}`)).body.status, "delayed");
  assert.deepEqual((await st2(world, "api", `/executions/${id}/children`)).body, []);
  assert.equal(runsOf(world, "core.sleep").length, 0);

  const card = await openCard(world, "等待", "lisi");
  assert.match(textOfCard(world, card), /通知.*hubot/s);
  await click(world, card, "approve");
  await until(world, "the run to have succeeded by its first id", async () => {
    const { body } = await st2(world, "api", `/executions/${id}`);
    return body.id === id && body.status === "succeeded";
  });
  const children = (await st2(world, "api", `/executions/${id}/children`)).body;
  const real = runsOf(world, "core.sleep");
  assert.deepEqual(
    real.map((row) => row.notify),
    [notify],
  );
  assert.ok(children.length > 0);
  assert.ok(children.every(({ parent }: { parent: string }) => parent === id));
  assert.equal((await st2(world, "api", `/executions/${id}/output`)).status, 200);
  assert.match((await hearing).body, /event: EOF/);
  const [listed] = (await st2(world, "api", "/executions/?action=core.sleep&limit=5")).body;
  assert.equal(listed.id, id);
  await message(world, "zhangsan", "等待", "成功");
});
