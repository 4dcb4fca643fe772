import assert from "node:assert/strict";
import { test } from "node:test";
import { createLanguages } from "../../../bot/languages/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { LanguageGroup } from "../../../core/languages/index.ts";
import type { People } from "../../../core/people/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const GROUPS: LanguageGroup[] = [
  { language: "en", of: { users: ["john"], tag: "overseas" } },
  { language: "zh", of: { department: 7 } },
  { language: "en", of: { department: 7 } },
];

/** Two processes over one store, and a directory of a tag and a department. */
function bench() {
  const clock = movableClock();
  const { state } = openMemoryStore({ clock });
  const log = recordingLog();
  const failing = { directory: false };
  const expand = async ({ users = [], tag, department }: People): Promise<string[]> => {
    if (failing.directory)
      throw new ChatOpsError("the directory is down", { code: "wecom.down", retryable: true });
    return [...users, ...(tag === "overseas" ? ["jane"] : []), ...(department === 7 ? ["jane", "wang"] : [])];
  };
  const deps = { state, groups: () => GROUPS, directory: { expand }, fallback: "zh" as const, clock, log };
  return { failing, log, here: createLanguages(deps), there: createLanguages({ ...deps, fallback: "en" }) };
}

test("everybody of whom nothing is written reads the process's own language", async () => {
  const { here, there } = bench();
  assert.equal(await here.of(["zhang"]), "zh");
  assert.equal(await there.of(["zhang"]), "en");
  assert.equal(await here.of([]), "zh");
});

test("the first group that a person belongs to counts, by name, tag or department", async () => {
  const { here, there } = bench();
  assert.equal(await here.of(["John"]), "en");
  assert.equal(await here.of(["jane"]), "en");
  assert.equal(await there.of(["wang"]), "zh");
});

test("what a person chose counts before all that is written, in every process, until they take it back", async () => {
  const { here, there } = bench();
  await here.choose("John", "zh");
  assert.equal(await there.of(["john"]), "zh");
  await there.choose("john", "en");
  assert.equal(await here.of(["john"]), "en");
  await here.choose("zhang", "en");
  assert.equal(await here.of(["zhang"]), "en");
  await here.choose("zhang", null);
  await here.choose("zhang", null);
  assert.equal(await here.of(["zhang"]), "zh");
});

test("one message to several is in the language that most of them read", async () => {
  const { here } = bench();
  assert.equal(await here.of(["john", "jane", "zhang"]), "en");
  assert.equal(await here.of(["john", "john", "zhang"]), "zh");
});

test("while the directory is down those who are named are still known, and the rest read the default", async () => {
  const { here, failing, log } = bench();
  failing.directory = true;
  assert.equal(await here.of(["john"]), "en");
  assert.equal(await here.of(["jane"]), "zh");
  assert.ok(log.lines.some(({ message }) => message === "who reads a language cannot be looked up"));
});

test("gives the texts of a person's language", async () => {
  const { here } = bench();
  assert.equal((await here.textsFor("john")).brand, "Whale");
  assert.equal((await here.textsFor("zhang")).brand, "鲸");
});

test("what nobody has chosen and the file does not say is stated nowhere", async () => {
  const { here, there } = bench();
  assert.equal(await there.stated("zhang"), null);
  assert.equal(await there.stated("Wang"), "zh");
  await there.choose("wang", "en");
  assert.equal(await here.stated("wang"), "en");
});

test("people are told apart by what they read, each named once as they were named", async () => {
  const { here } = bench();
  assert.deepEqual(await here.apart(["zhang", "John", "jane", "wang"]), [
    ["zhang", "wang"],
    ["John", "jane"],
  ]);
  assert.deepEqual(await here.apart([]), []);
});
