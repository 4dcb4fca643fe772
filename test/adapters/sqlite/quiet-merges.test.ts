import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { KeyIndex } from "../../../adapters/sqlite/key-index.ts";
import { quietMerges } from "../../../adapters/sqlite/quiet-merges.ts";
import { recordingLog, silentLog } from "../../support/log.ts";

interface Bench {
  rows: number;
  busy: boolean;
  copying: boolean;
  /** Slices that were written to the tables. */
  written: number;
  unlearnt: number;
  fails: boolean;
}

function over(given: Partial<Bench>, log = silentLog) {
  const bench: Bench = {
    rows: 0,
    busy: false,
    copying: false,
    written: 0,
    unlearnt: 0,
    fails: false,
    ...given,
  };
  const index: Pick<KeyIndex, "waiting" | "learnSome" | "merge"> = {
    waiting: () => bench.rows,
    learnSome: () => bench.unlearnt-- > 0,
    merge: async (write) => {
      await write(() => undefined);
      bench.rows = 0;
    },
  };
  const commits = {
    waits: () => bench.busy,
    writeUnsynced: async <T>(job: (wake: () => void) => T): Promise<T> => {
      if (bench.fails) throw new Error("disk full");
      bench.written += 1;
      return job(() => undefined);
    },
  };
  const copies = { busy: () => bench.copying };
  return { bench, merges: quietMerges({ index, commits, copies, log }) };
}

/** Everything that was to happen by then has happened: a quiet moment is looked for each 2 ms. */
const awhile = () => pause(12);

test("few rows stay in memory", async () => {
  const { bench, merges } = over({ rows: 119_999 });
  await awhile();
  merges.committed();
  await awhile();
  assert.equal(bench.written, 0);
});

test("many rows are not written while the log is copied", async () => {
  const { bench, merges } = over({ rows: 120_000, copying: true });
  merges.committed();
  await awhile();
  assert.equal(bench.written, 0);
  bench.copying = false;
  await awhile();
  merges.committed();
  await awhile();
  assert.equal(bench.written, 1);
});

test("many rows are written once no write waits", async () => {
  const { bench, merges } = over({ rows: 120_000 });
  await awhile();
  bench.busy = true;
  merges.committed();
  await awhile();
  assert.equal(bench.written, 0);
  bench.busy = false;
  await awhile();
  assert.equal(bench.written, 1);
});

test("too many rows wait for no quiet moment", async () => {
  const { bench, merges } = over({ rows: 180_000 });
  await awhile();
  bench.busy = true;
  merges.committed();
  await awhile();
  assert.equal(bench.written, 1);
});

test("rows that cannot be written are tried again after a later commit", async () => {
  const log = recordingLog();
  const { bench, merges } = over({ rows: 120_000, fails: true }, log);
  await awhile();
  merges.committed();
  await awhile();
  assert.deepEqual(
    log.lines.map(({ message, fields }) => [message, fields]),
    [["rows wait on in memory", { reason: "disk full" }]],
  );
  bench.fails = false;
  merges.committed();
  await awhile();
  assert.equal(bench.written, 1);
});

test("the keys that are stored are all learnt at first", async () => {
  const { bench } = over({ unlearnt: 2 });
  while (bench.unlearnt >= 0) await pause(1);
});

test("nothing begins after the end", async () => {
  const { bench, merges } = over({ unlearnt: 1_000, rows: 120_000 });
  merges.close();
  await awhile();
  const { unlearnt } = bench;
  merges.committed();
  await awhile();
  assert.deepEqual([bench.written, bench.unlearnt], [0, unlearnt]);
});
