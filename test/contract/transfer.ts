import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hashOf } from "../../core/ids/index.ts";
import type { TransferStore } from "../../core/ports/index.ts";
import { TRANSFER_KINDS } from "../../core/transfer/index.ts";
import { dump, type EmbeddedFolder, embeddedFolder, move } from "../support/transfer.ts";
import { fillOthers, sampleFolder } from "../support/transfer-sample.ts";
import { journalCommand, playJournal } from "./model/journal-model.ts";
import { playTasks, taskCommand } from "./model/task-model.ts";
import { playThrottle, throttleCommand } from "./model/throttle-model.ts";

/** An empty side, and what ends it. */
export interface OpenSide {
  store: TransferStore;
  end(): Promise<void>;
}

const games = {
  journal: fc.array(journalCommand, { maxLength: 25, size: "max" }),
  tasks: fc.array(taskCommand, { maxLength: 25, size: "max" }),
  throttle: fc.array(throttleCommand, { maxLength: 15, size: "max" }),
  others: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 10, size: "max" }),
};

async function filledFolder(given: {
  journal: Parameters<typeof playJournal>[1];
  tasks: Parameters<typeof playTasks>[1];
  throttle: Parameters<typeof playThrottle>[1];
  others: readonly number[];
}): Promise<EmbeddedFolder> {
  const folder = embeddedFolder();
  await folder.work((harness) => playJournal(harness, given.journal));
  await folder.work((harness) => playTasks(harness, given.tasks));
  await folder.work((harness) => playThrottle(harness, given.throttle));
  await fillOthers(folder, given.others);
  return folder;
}

/** Writes each page twice, as after a crash between the page and its mark. */
function writtenTwice(store: TransferStore): TransferStore {
  return {
    ...store,
    write: async (records) => {
      await store.write(records);
      await store.write(records);
    },
  };
}

/** Fails at its nth call. */
export function failingAt(store: TransferStore, counter: { left: number }): TransferStore {
  const failing = <A extends unknown[], T>(call: (...args: A) => Promise<T>, after: boolean) => {
    return async (...args: A): Promise<T> => {
      counter.left -= 1;
      if (counter.left === 0 && !after) throw new Error("killed");
      const answer = await call(...args);
      if (counter.left === 0) throw new Error("killed");
      return answer;
    };
  };
  return {
    ...store,
    read: failing(store.read, false),
    write: failing(store.write, true),
    stand: failing(store.stand, true),
  };
}

/** What every store must do that records are moved into and out of. */
export function transferContract(name: string, open: () => Promise<OpenSide>, runs: number): void {
  describe(`${name} as a side of a migration`, () => {
    test("brings back every record of a random store, each page written twice", async () => {
      const property = fc.asyncProperty(fc.record(games), async (given) => {
        await roundTrip(await filledFolder(given as never), await open());
      });
      await fc.assert(property, { numRuns: runs });
    });

    test("goes on to the right end, killed at any call and started again", () => killedAnywhere(open));

    test("tells the record that was changed on the way, and leaves neither side in force", () =>
      tamperedWith(open));

    test("takes nothing into a store that holds something, unless a transfer left it there", () =>
      refusesWhatIsThere(open));
  });
}

async function roundTrip(folder: EmbeddedFolder, { store, end }: OpenSide): Promise<void> {
  const back = embeddedFolder();
  const source = await folder.side();
  const target = await back.side();
  const before = await dump(source);
  assert.equal((await move(source, writtenTwice(store))).outcome, "moved");
  assert.deepEqual(await dump(store), before);
  assert.equal((await move(store, writtenTwice(target))).outcome, "moved");
  assert.deepEqual(await dump(target), before);
  await source.close();
  await target.close();
  await end();
  folder.remove();
  back.remove();
}

async function killedAnywhere(open: () => Promise<OpenSide>): Promise<void> {
  const folder = await sampleFolder();
  const source = await folder.side();
  const expected = await dump(source);
  const kinds = new Set(Object.keys(expected).map((name) => name.split(" ")[0]));
  assert.deepEqual([...kinds].sort(), [...TRANSFER_KINDS].sort());
  const { store, end } = await open();
  let killed = 0;
  for (let at = 1; ; at += 1) {
    const counter = { left: at };
    const run = move(failingAt(source, counter), failingAt(store, counter));
    const outcome = await run.then(
      (done) => done.outcome,
      (error: Error) => error.message,
    );
    if (outcome !== "killed") {
      assert.ok(["moved", "finished", "done"].includes(outcome), outcome);
      break;
    }
    killed += 1;
    const inForce = [await source.standing(), await store.standing()].filter(
      (one) => one.state === "in_force",
    );
    assert.ok(inForce.length < 2, `both in force after call ${at}`);
  }
  assert.ok(killed > 20, `only ${killed} kills`);
  assert.equal((await source.standing()).state, "left");
  assert.equal((await store.standing()).state, "in_force");
  assert.deepEqual(await dump(store), expected);
  await source.close();
  await end();
  folder.remove();
}

async function tamperedWith(open: () => Promise<OpenSide>): Promise<void> {
  const folder = await sampleFolder();
  const source = await folder.side();
  const { store, end } = await open();
  const changed: string[] = [];
  const tampering: TransferStore = {
    ...store,
    write: (records) =>
      store.write(
        records.map((record) => {
          if (record.kind !== "task" || changed.length > 0) return record;
          changed.push(record.key);
          return { ...record, body: { text: record.body.text.replace("磁盘清理", "磁盘擦除") } };
        }),
      ),
  };
  const ended = await move(source, tampering);
  assert.equal(ended.outcome, "different");
  const checks = ended.outcome === "different" ? ended.checks : [];
  const wrong = checks.filter((check) => check.outcome === "different");
  assert.deepEqual(
    wrong.map(({ kind, reason, differing }) => ({ kind, reason, differing })),
    [{ kind: "task", reason: "hash_differs", differing: [{ key: changed[0], reason: "differs" }] }],
  );
  assert.equal((await source.standing()).state, "leaving");
  assert.equal((await store.standing()).state, "arriving");
  await source.close();
  await end();
  folder.remove();
}

async function refusesWhatIsThere(open: () => Promise<OpenSide>): Promise<void> {
  const folder = await sampleFolder();
  const other = embeddedFolder();
  const [source, empty] = [await folder.side(), await other.side()];
  const { store, end } = await open();
  assert.equal((await move(source, store)).outcome, "moved");
  const again = await move(empty, store);
  assert.deepEqual(again, { outcome: "refused", reason: "target_in_use", holders: [] });
  // Moved out of, it still holds what it held.
  assert.equal((await move(store, empty)).outcome, "moved");
  const left = await move(empty, store);
  assert.deepEqual(left, { outcome: "refused", reason: "target_left_over", holders: [] });
  assert.equal((await move(empty, store, { replace: true })).outcome, "moved");
  assert.equal(hashOf(await dump(store)), hashOf(await dump(empty)));
  await source.close();
  await empty.close();
  await end();
  folder.remove();
  other.remove();
}
