import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Delegation } from "../../core/delegations/index.ts";
import type { Mute } from "../../core/mutes/index.ts";
import type { StateDocument, StateStore } from "../../core/ports/index.ts";
import type { Stop } from "../../core/stops/index.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

/** A person's order to stop everything. */
export function aStop(overrides: Partial<Stop> = {}): Stop {
  const at = "2026-11-01T00:00:00.000Z";
  return { scope: { of: "everything" }, by: "user:zhangsan", at, why: "机房断电", ...overrides };
}

function aMute(overrides: Partial<Mute> = {}): Mute {
  const at = "2026-11-01T00:00:00.000Z";
  const times = { from: at, until: "2026-11-01T02:00:00.000Z", at };
  return { match: { labels: { "a.b": "中\u0000'" } }, ...times, by: "user:lisi", why: "升级", ...overrides };
}

const DELEGATION: Delegation = {
  ...{ from: "zhangsan", to: "lisi", by: "user:zhangsan", why: "出差" },
  ...{ since: "2026-11-01T00:00:00.000Z", until: "2026-11-03T00:00:00.000Z" },
};

/** What every store of shared documents promises. */
export function stateStoreContract(name: string, open: () => Promise<HarnessOf<"state">>): void {
  describe(`state store: ${name}`, () => {
    putting(open);
    removing(open);
    telling(open);
  });
}

/** Stores a stop, and gives its document. */
async function put(
  state: StateStore,
  name: string,
  { expected = null, why = "why" }: { expected?: number | null; why?: string } = {},
): Promise<StateDocument<"stop">> {
  const answer = await state.put({ kind: "stop", name, expected, body: aStop({ why }) });
  assert.ok(answer.outcome === "stored");
  return answer.document;
}

function putting(open: () => Promise<HarnessOf<"state">>): void {
  const test = testsOn(open);

  test("keeps what it was given, of each kind", async ({ state }) => {
    await state.put({ kind: "stop", name: "cluster:a'; 中", expected: null, body: aStop() });
    await state.put({ kind: "mute", name: "m_1", expected: null, body: aMute() });
    await state.put({ kind: "delegation", name: "d_1", expected: null, body: DELEGATION });
    const language = { language: "en", at: "2026-11-01T00:00:00.000Z" } as const;
    await state.put({ kind: "language", name: "john", expected: null, body: language });
    assert.deepEqual((await state.get("language", "john"))?.body, language);
    const [stop] = await state.list("stop");
    const [mute] = await state.list("mute");
    assert.deepEqual([stop?.name, stop?.body], ["cluster:a'; 中", aStop()]);
    assert.deepEqual([mute?.name, mute?.body], ["m_1", aMute()]);
    const [delegation] = await state.list("delegation");
    assert.deepEqual([delegation?.name, delegation?.body], ["d_1", DELEGATION]);
  });

  test("answers with the document as it is listed", async ({ state }) => {
    const first = await put(state, "everything");
    assert.deepEqual(await state.list("stop"), [first]);
    const next = await put(state, "everything", { expected: first.revision, why: "another" });
    assert.ok(next.revision > first.revision);
    assert.deepEqual(await state.list("stop"), [next]);
  });

  test("gives one by its name, as it is listed, and null where there is none of that kind", async ({
    state,
  }) => {
    const first = await put(state, "cluster:a'; 中");
    assert.deepEqual(await state.get("stop", first.name), first);
    const next = await put(state, first.name, { expected: first.revision, why: "another" });
    assert.deepEqual(await state.get("stop", first.name), next);
    assert.equal(await state.get("mute", first.name), null);
    assert.equal(await state.get("stop", "other"), null);
    assert.ok(await state.remove("stop", first.name, next.revision));
    assert.equal(await state.get("stop", first.name), null);
  });

  test("lists by name", async ({ state }) => {
    for (const name of ["b", "a", "C"]) await put(state, name);
    assert.deepEqual(
      (await state.list("stop")).map(({ name }) => name),
      ["C", "a", "b"],
    );
  });

  test("changes nothing where another revision is stored, and shows what is", async ({ state }) => {
    const first = await put(state, "everything");
    const body = aStop({ by: "user:lisi" });
    for (const expected of [null, first.revision + 1]) {
      const answer = await state.put({ kind: "stop", name: "everything", expected, body });
      assert.deepEqual(answer, { outcome: "conflict", current: first });
    }
    const none = await state.put({ kind: "stop", name: "other", expected: first.revision, body });
    assert.deepEqual(none, { outcome: "conflict", current: null });
    assert.deepEqual(await state.list("stop"), [first]);
  });

  test("lets one of those win who make or change one at the same time", async ({ state }) => {
    const winners = async (expected: number | null): Promise<number> => {
      const change = { kind: "stop", name: "everything", expected, body: aStop() } as const;
      const answers = await Promise.all(upTo(10).map(() => state.put(change)));
      return answers.filter(({ outcome }) => outcome === "stored").length;
    };
    assert.equal(await winners(null), 1);
    const [made] = await state.list("stop");
    assert.equal(await winners(made?.revision ?? null), 1);
  });
}

function removing(open: () => Promise<HarnessOf<"state">>): void {
  const test = testsOn(open);

  test("removes the revision that was seen, and no other", async ({ state }) => {
    const first = await put(state, "everything");
    const next = await put(state, "everything", { expected: first.revision });
    assert.equal(await state.remove("stop", "everything", first.revision), false);
    assert.equal(await state.remove("mute", "everything", next.revision), false);
    assert.deepEqual(await state.list("stop"), [next]);
    assert.equal(await state.remove("stop", "everything", next.revision), true);
    assert.equal(await state.remove("stop", "everything", next.revision), false);
    assert.deepEqual(await state.list("stop"), []);
  });

  test("takes a document made anew for no document of before", async ({ state }) => {
    const before = await put(state, "everything");
    await state.remove("stop", "everything", before.revision);
    const anew = await put(state, "everything");
    assert.ok(anew.revision > before.revision);
    assert.equal(await state.remove("stop", "everything", before.revision), false);
    assert.deepEqual(await state.list("stop"), [anew]);
  });
}

function telling(open: () => Promise<HarnessOf<"state">>): void {
  const test = testsOn(open);

  test("tells another version after each change, and the same without one", async ({ state }) => {
    const versions = [await state.version()];
    const look = async () => versions.push(await state.version());
    const first = await put(state, "everything");
    await look();
    await state.put({ kind: "mute", name: "m_1", expected: null, body: aMute() });
    await look();
    await state.remove("stop", "everything", first.revision);
    await look();
    assert.equal(versions[0], 0);
    assert.equal(new Set(versions).size, 4);
    await state.put({ kind: "mute", name: "m_1", expected: null, body: aMute() });
    await state.remove("stop", "everything", first.revision);
    assert.equal(await state.version(), versions.at(-1));
  });
}
