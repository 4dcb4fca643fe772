import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AuditEntry } from "../../../../core/audit/index.ts";
import { aDeed } from "../../../contract/audit.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const ALL = "/api/v1/audit";

/** A server whose log has what was read from the home's files, then three deeds. */
async function withDeeds(t: TestContext): Promise<ApiServer> {
  const api = await apiServer(t);
  const { audit } = api.store();
  await audit.append(aDeed({ what: "task.make", who: "whale", object: "t_1" }));
  await audit.append(aDeed({ what: "task.decide", who: "user:lisi", object: "t_1" }));
  await audit.append(aDeed({ what: "task.decide", who: "user:lisi", object: "t_2" }));
  return api;
}

test("lists by task, person and deed, in pages", async (t) => {
  const api = await withDeeds(t);
  const shown = async (query: string) => {
    const { body } = await api.call("GET", `${ALL}?${query}`);
    return body.entries.map((entry: AuditEntry) => `${entry.what} ${entry.object}`);
  };
  assert.deepEqual(
    await shown("task=t_1"),
    ["task.make t_1", "task.decide t_1", "audit.read t_1"].slice(0, 3),
  );
  assert.deepEqual(await shown("who=lisi"), ["task.decide t_1", "task.decide t_2"]);
  assert.deepEqual(await shown("what=task.make"), ["task.make t_1"]);
  const { body: first } = await api.call("GET", `${ALL}?what=task.decide&limit=1`);
  const { body: second } = await api.call("GET", `${ALL}?what=task.decide&limit=1&after=${first.next}`);
  assert.deepEqual([first.entries[0].object, second.entries[0].object], ["t_1", "t_2"]);
});

test("records that it was read, and by whom", async (t) => {
  const api = await withDeeds(t);
  await api.call("GET", `${ALL}?task=t_2`, { who: "wangwu" });
  const { body } = await api.call("GET", `${ALL}?what=audit.read`);
  const [entry] = body.entries;
  assert.deepEqual([entry.who, entry.object], ["wangwu", "t_2"]);
});

test("exports JSON lines that make the same chain", async (t) => {
  const api = await withDeeds(t);
  const answer = await fetch(`${api.origin()}${ALL}/export`, { headers: { "x-who": "zhangsan" } });
  const lines = (await answer.text()).trim().split("\n");
  const stored = await api.store().audit.read(0, 1_000);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    stored,
  );
});

test("verifies the chain, and tells its head, which later holds against it", async (t) => {
  const api = await withDeeds(t);
  const { body } = await api.call("GET", `${ALL}/verify`);
  const { outcome, count, head } = body;
  assert.equal(outcome, "whole");
  assert.match(head, new RegExp(`^[0-9a-f]{64}@${count}$`));
  assert.equal((await api.call("GET", `${ALL}/verify?head=${head}`)).body.outcome, "whole");
  const beyond = head.replace(/\d+$/, String(count + 50));
  const { body: cut } = await api.call("GET", `${ALL}/verify?head=${beyond}`);
  assert.deepEqual([cut.outcome, cut.reason], ["broken", "cut"]);
  const other = head.replace(/^./, (c: string) => (c === "0" ? "1" : "0"));
  const { body: anew } = await api.call("GET", `${ALL}/verify?head=${other}`);
  assert.deepEqual([anew.outcome, anew.reason, anew.seq], ["broken", "other_head", count]);
  assert.match(anew.message, /written anew/);
});

test("compares the archive's copy, and tells how far it reaches", async (t) => {
  const api = await withDeeds(t);
  const entries = await api.store().audit.read(0, 1_000);
  await api.archive().audit.write(entries);
  const { body } = await api.call("GET", `${ALL}/verify?archive=true`);
  assert.deepEqual([body.outcome, body.archived], ["whole", entries.length]);
  const second = entries[1] as AuditEntry;
  await api.archive().audit.write([{ ...second, hash: "f".repeat(64) }]);
  const { body: other } = await api.call("GET", `${ALL}/verify?archive=true`);
  assert.deepEqual([other.outcome, other.reason, other.seq], ["broken", "archived_otherwise", 2]);
});

test("asks for the right on the audit log as a whole, and names what is wrong with a query", async (t) => {
  const api = await withDeeds(t);
  assert.equal((await api.call("GET", ALL, { who: "" })).status, 401);
  assert.ok(api.asked.includes(" audit.read whole"));
  for (const query of ["limit=0", "after=x", "what=task.eat", "none=1"])
    assert.equal((await api.call("GET", `${ALL}?${query}`)).status, 400);
  assert.equal((await api.call("GET", `${ALL}/verify?head=12`)).status, 400);
});

test("records who has read the body of an event and who has exported events", async (t) => {
  const api = await apiServer(t);
  const { body } = await api.post("disk.full", { host: "vm-1", usage: 91 });
  assert.ok(body.events, JSON.stringify(body));
  const [{ eventId }] = body.events;
  await api.call("GET", `/api/v1/events/${eventId}/raw`, { who: "lisi" });
  await api.call("GET", "/api/v1/events/export?q=secret-word", { who: "wangwu" });
  const deeds = (await api.store().audit.read(0, 1_000)).slice(-2);
  assert.deepEqual(
    deeds.map(({ who, what }) => [who, what]),
    [
      ["lisi", "events.raw"],
      ["wangwu", "events.export"],
    ],
  );
  assert.equal(deeds[0]?.object, eventId);
  assert.ok(!JSON.stringify(deeds).includes("secret-word"));
});
