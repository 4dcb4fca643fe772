import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { MIGRATIONS, migrate } from "../../../adapters/sqlite/migrations.ts";
import type { Orders, Report } from "../orders.ts";
import { bodyOf } from "./posts.ts";

const GROUP = 64;
const SQL = `INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body, opens, fired_at_ms)
  VALUES (?, ?, 'event', ?, ?, ?, ?, ?)`;

/**
 * Inserts rows of events in groups of 64 into the journal's table, each group synced, and does nothing else.
 * Any message asks for so many milliseconds of it; the answer is a mark named by the rows a second.
 */
function live({ folder }: Orders): void {
  mkdirSync(folder, { recursive: true });
  const db = openDatabase(join(folder, "insert.db"));
  migrate(db, MIGRATIONS);
  const body = bodyOf(1, 1);
  let row = 0;
  const insertGroup = (): void => {
    db.run("BEGIN IMMEDIATE");
    for (let i = 0; i < GROUP; i++) {
      row += 1;
      const [id, ref] = [`e_${row}`.padEnd(54, "x"), `${row}`.padEnd(80, "x")];
      db.run(SQL, row % 8, Date.now(), id, ref, body, `["bench","${row}"]`, Date.now());
    }
    db.run("COMMIT");
  };
  process.on("message", (durationMs: number) => {
    const [startedMs, before] = [performance.now(), row];
    while (performance.now() - startedMs < durationMs) insertGroup();
    const perSecond = ((row - before) * 1000) / (performance.now() - startedMs);
    process.send?.({ kind: "marks", marks: [["rows a second", perSecond]] } satisfies Report);
  });
  process.send?.({ kind: "listening", url: "" } satisfies Report);
}

process.once("message", live);
