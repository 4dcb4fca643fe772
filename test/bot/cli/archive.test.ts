import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { promisify } from "node:util";
import { letterLines } from "../../../bot/cli/archive.ts";
import { eventAt } from "../../contract/archive.ts";
import { openWorld } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");

function whale(home: string, ...given: string[]) {
  const env = { ...process.env, WHALE_HOME: home };
  return promisify(execFile)(process.execPath, [WHALE, "archive", "dead-letters", ...given], {
    cwd: home,
    env,
  });
}

/** A letter whose cause is gone: what it is about can be archived now. */
function plantLetter(home: string): void {
  const db = new DatabaseSync(join(home, "data", "archive.db"), { timeout: 10_000 });
  const event = eventAt("e_dead", 0, { title: "满\u009b2J" });
  const sql = "INSERT INTO dead_letters (id, at, problem, body) VALUES ('abc', ?, 'no\u001b[31m text', ?)";
  db.prepare(sql).run(event.receivedAt, JSON.stringify(event));
  db.close();
}

test("whale archive dead-letters lists, shows and retries what could not be archived", async (t) => {
  const world = await openWorld(t);
  const { home } = world;
  plantLetter(home);
  const listed = await whale(home, "list");
  assert.match(listed.stdout, /^abc {2}\S+\+08:00 {2}event e_dead vm\.disk\.usage +no \[31m text\n$/);
  assert.match(listed.stderr, /1 \/ 1 封死信/);
  const json = JSON.parse((await whale(home, "list", "--limit", "1", "--json")).stdout);
  assert.equal(json.deadLetters[0].eventId, "e_dead");
  const shown = (await whale(home, "show", "abc")).stdout;
  const { value } = JSON.parse(shown) as { value: { id: string; title: string } };
  assert.deepEqual([value.id, value.title, shown.includes("\u009b")], ["e_dead", "满\u009b2J", false]);
  await assert.rejects(whale(home, "retry", "none"), { code: 1, stderr: /没有这封死信/ });
  assert.match((await whale(home, "retry", "abc")).stdout, /1 已入档 · archived, 0 仍不能/);
  assert.match((await whale(home, "retry")).stdout, /0 已入档 · archived, 0 仍不能/);
  await assert.rejects(whale(home, "show", "abc"), { code: 1, stderr: /no such dead letter/ });
});

test("a line names the rule of a verdict, and steers no terminal", () => {
  const common = { id: "a", kind: "verdict", eventId: "e_1\u0007", at: "2026-11-01T00:00:00.000Z" } as const;
  const [line = ""] = letterLines([{ ...common, ruleId: "disk", problem: "bad\nvalue" }], "UTC");
  assert.match(line, /verdict e_1 {2}disk +bad value$/);
});
