import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { tokenHash } from "../../../../core/people/index.ts";
import { openWorld, post, until, type World } from "../../../support/world.ts";

const TOKEN = "Hq3v0kLkJm4cVtB2yQn8xWzR5sD7fGhJ1pAeUiOoTtM";
const DAY_MS = 86_400_000;
const ROLE = { name: "vm", of: { users: ["zhangsan"] }, rights: ["events.*"], on: { types: ["vm.*"] } };
const SHORT = "type: vm.short\ntitle: 短\nowner: sre\nkeep: 1d\n";

function worldWithRole(t: TestContext): Promise<World> {
  const expires = new Date(Date.now() + 30 * DAY_MS).toISOString();
  const rights = ["events.read", "events.send"];
  const token = { id: "ci", hash: tokenHash(TOKEN), user: "zhangsan", rights, expires };
  const files = {
    "roles.yaml": { roles: [ROLE] },
    "tokens.yaml": { tokens: [token] },
    "event-types/short.yaml": SHORT,
  };
  return openWorld(t, { files });
}

async function call(world: World, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${world.url()}/api/v1/${path}`, { headers, ...sent });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  return { status: answer.status, body: (await answer.json()) as any };
}

/** The types of what a search finds, once there are so many. */
async function typesFound(world: World, count: number): Promise<string[]> {
  const events = await until(world, `${count} events in the archive`, async () => {
    const found = (await call(world, "events")).body.events;
    return found.length === count && found;
  });
  return events.map(({ type }: { type: string }) => type).toSorted();
}

test("a person sends and finds what their roles reach, through the real process", async (t) => {
  const world = await worldWithRole(t);
  const disk = { event_type: "vm.disk.usage", detail: { host: "vm-1", usage: 91 } };
  const dmesg = { event_type: "host.dmesg", detail: { host: "vm-1", line: "x" } };
  assert.equal((await call(world, "events", [disk, dmesg])).status, 403);
  assert.equal((await call(world, "events", disk)).status, 202);
  assert.equal((await post(world, "generic", JSON.stringify(dmesg))).status, 202);
  assert.deepEqual(await typesFound(world, 1), ["vm.disk.usage"]);
  assert.equal((await call(world, "refusals")).status, 403);
  const document = await call(world, "openapi.json");
  assert.deepEqual([document.status, document.body.openapi], [200, "3.1.0"]);
  assert.equal((await fetch(`${world.url()}/api/v1/openapi.json`)).status, 401);
});

test("events stay as long as their type says, and others as long as the process keeps them", async (t) => {
  const world = await worldWithRole(t);
  const disk = { event_type: "vm.disk.usage", detail: { host: "vm-1", usage: 91 } };
  await call(world, "events", [disk, { event_type: "vm.short" }]);
  assert.deepEqual(await typesFound(world, 2), ["vm.disk.usage", "vm.short"]);
  await world.stop();
  world.jump(3 * DAY_MS);
  await world.start();
  assert.deepEqual(await typesFound(world, 1), ["vm.disk.usage"]);
});

test("sheds what is sent before a promise breaks", async (t) => {
  const world = await worldWithRole(t);
  await world.stop();
  world.env["WHALE_MIN_FREE_DISK"] = "1000000GB";
  await world.start();
  const shed = await call(world, "events", { event_type: "vm.short" });
  assert.deepEqual([shed.status, shed.body.error.code], [503, "overloaded"]);
});
