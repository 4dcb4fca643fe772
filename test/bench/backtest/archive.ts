import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { firstSeq } from "../../../adapters/sqlite/archive/order.ts";
import { prepareTables } from "../../../adapters/sqlite/archive/tables.ts";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { benchEvent } from "../archive/events.ts";
import type { Draw } from "../rules/drawn.ts";
import { drawNumber } from "../rules/drawn.ts";
import { GROUPS, TYPES } from "./rules.ts";

export const START_MS = Date.UTC(2026, 9, 1);
const MONTH_MS = 30 * 86_400_000;

/** When event number `no` of so many came: evenly over 30 days. */
export function receivedMs(no: number, of: number): number {
  return START_MS + Math.floor((no * MONTH_MS) / of);
}

/**
 * A month of events in a new archive, in one transaction. Without the words that searches need: nothing here
 * searches, and they would take most of the time.
 */
export function fillArchive(dataDir: string, events: number, draw: Draw): void {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, "archive.db"));
  try {
    prepareTables(db);
    // Nobody mourns this file: each page is written once, straight to its place.
    db.script("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    for (let no = 0; no < events; no += 1) {
      const event = drawnEvent(no, receivedMs(no, events), draw);
      // With a month for a million events there are 2.6 s from one to the next.
      const seq = firstSeq(receivedMs(no, events));
      const { id, type, source, severity, status, subject } = event;
      db.run(
        "INSERT INTO events (seq, id, type, source, severity, status, subject, invalid) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        ...[seq, id, type, source, severity, status, subject],
      );
      db.run("INSERT INTO bodies (seq, body) VALUES (?, ?)", seq, JSON.stringify(event));
    }
    db.script("COMMIT; PRAGMA journal_mode = WAL");
  } finally {
    db.close();
  }
}

/** Their texts and labels repeat; what rules ask of an event is drawn for each. */
const BASES = Array.from({ length: 1_200 }, (_, no) => benchEvent(no));

/** One alert of about 1 KB as monitors send them; three in four are firing, one in twenty of a test machine. */
function drawnEvent(no: number, atMs: number, draw: Draw): WhaleEvent {
  const base = BASES[no % BASES.length] as WhaleEvent;
  const host = `vm-g${drawNumber(draw, GROUPS)}-${drawNumber(draw, 2_000)}`;
  const at = new Date(atMs).toISOString();
  const env = draw() < 0.95 ? "prod" : "test";
  return {
    ...{
      ...base,
      id: `e_${no.toString(36).padStart(12, "0")}`,
      type: `host.metric.${drawNumber(draw, TYPES)}`,
    },
    ...{ subject: host, time: at, receivedAt: at },
    labels: { ...base.labels, env, hostname: host },
    detail: { ...base.detail, host, metric: drawNumber(draw, 1000) / 10 },
  };
}
