import assert from "node:assert/strict";
import { test } from "node:test";
import { knownState } from "../../../../adapters/sqlite/thread/known-state.ts";
import type { StateStore } from "../../../../core/ports/index.ts";

const change = { kind: "notice" as const, name: "n", expected: null, body: { at: "now" } };

function world(put: () => Promise<unknown> = async () => ({ outcome: "stored" })) {
  const store = { version: 0, asked: 0 };
  const open = { is: true };
  const state = {
    put,
    remove: async () => true,
    version: async () => {
      store.asked += 1;
      return store.version;
    },
  } as unknown as StateStore;
  return { store, open, state: knownState(state, () => open.is) };
}

test("the version is asked once, and anew after each change", async () => {
  const { store, state } = world();
  assert.deepEqual([await state.version(), await state.version()], [0, 0]);
  assert.equal(store.asked, 1);
  await state.put(change);
  store.version = 1;
  assert.equal(await state.version(), 1);
  await state.remove("notice", "n", 1);
  store.version = 2;
  assert.equal(await state.version(), 2);
});

test("after a change that failed the version is asked anew: it may be stored all the same", async () => {
  const { store, state } = world(async () => Promise.reject(new Error("the disk is full")));
  await state.version();
  store.version = 1;
  await assert.rejects(state.put(change), /the disk is full/);
  assert.equal(await state.version(), 1);
});

test("a store that answers no longer is asked, so that it says so", async () => {
  const { store, open, state } = world();
  await state.version();
  open.is = false;
  await state.version();
  assert.equal(store.asked, 2);
});
