import assert from "node:assert/strict";
import { test } from "node:test";
import { createViewer } from "../../../bot/workers/viewing.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { movableClock } from "../../support/clock.ts";
import { NO_SECRETS, SECRET_PIN } from "../../support/secrecy.ts";
import { aMadeTask } from "../../support/tasks.ts";

function viewer(linkOf?: (id: string) => string | null, secrecy = NO_SECRETS) {
  const clock = movableClock();
  const { journal } = openMemoryStore({ clock });
  const asked: string[] = [];
  const directory = {
    nameOf: async (id: string) => {
      asked.push(id);
      return id.toUpperCase();
    },
    expand: async () => [],
    vouch: async () => ({ outcome: "not_entitled" as const }),
  };
  const languages = { of: async (ids: readonly string[]) => (ids.includes("john") ? "en" : "zh") } as const;
  const deps = {
    directory,
    journal,
    archive: openMemoryArchive(),
    languages,
    timeZone: "UTC",
    secrecy,
  };
  return { asked, view: createViewer({ ...deps, plain: (text) => text, ...(linkOf ? { linkOf } : {}) }) };
}

test("speaks the language of whom it is for", async () => {
  const { view } = viewer();
  assert.equal((await view(null, ["john"])).texts, textsOf("en"));
  assert.equal((await view(null)).texts, textsOf("zh"));
});

test("knows the name of who asked for a task, as of who decided", async () => {
  const { view, asked } = viewer();
  const task: Task = { ...aMadeTask(), origin: { kind: "retry", of: "t_1", by: "lisi", key: "k" } };
  assert.equal((await view(task)).nameOf("lisi"), "LISI");
  assert.deepEqual(asked, ["lisi"]);
});

test("leads to a task's page only where pages have an address", async () => {
  const linked = await viewer((id) => `https://whale.example/tasks/${id}`).view(null);
  assert.equal(linked.linkOf?.("t_1"), "https://whale.example/tasks/t_1");
  assert.equal((await viewer().view(null)).linkOf, undefined);
});

test("what is secret of a task is hidden in whatever a message tells of it", async () => {
  const { view } = viewer(undefined, SECRET_PIN);
  const task = aMadeTask({ rendered: { params: { host: "vm-1", pin: "4711-0815" } } });
  const { plain, shown } = await view(task);
  assert.equal(plain("accepted 4711-0815 on vm-1"), "accepted ******** on vm-1");
  assert.deepEqual(shown(task).params, { host: "vm-1", pin: "********" });
});

test("a message finds out once what is secret of its task, and the next message anew", async () => {
  let lookups = 0;
  const actions = () => {
    lookups += 1;
    return undefined;
  };
  const { view } = viewer(undefined, { ...NO_SECRETS, actions });
  const task = aMadeTask({ rendered: { params: { host: "vm-1" } } });
  const first = await view(task);
  first.plain("one line");
  const once = lookups;
  first.plain("another line");
  first.shown(task);
  assert.equal(lookups, once);
  (await view(task)).plain("one line");
  assert.equal(lookups, 2 * once);
});
