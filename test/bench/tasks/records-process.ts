import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import type { Orders, Report } from "../orders.ts";
import { type BenchRecord, recordsOfALife } from "./records.ts";
import { portOf } from "./store.ts";

const GROUP = 64;

/** Writes a group of records durably. */
type WriteGroup = (records: readonly BenchRecord[]) => Promise<void>;

/**
 * Writes the records of as many lives as it is asked for, in groups of 64, and does nothing else. The answer is a mark
 * with the lives a second.
 */
async function live(orders: Orders): Promise<void> {
  const records = await recordsOfALife(orders.env);
  const write = openWriter(orders);
  let lives = 0;
  const writeLives = async (count: number): Promise<void> => {
    let group: BenchRecord[] = [];
    for (const end = lives + count; lives < end; lives++) {
      const keys = new Map(records.map(({ key }) => [key, `${lives}:${key}`]));
      for (const { key, body } of records) {
        group.push({ key: keys.get(key) ?? key, body });
        if (group.length < GROUP) continue;
        await write(group);
        group = [];
      }
    }
    await write(group);
  };
  process.on("message", (count: number) => {
    const startedMs = performance.now();
    void writeLives(count).then(() => {
      const perSecond = (count * 1000) / (performance.now() - startedMs);
      const marks = [["lives a second", perSecond] as const, ["records a life", records.length] as const];
      process.send?.({ kind: "marks", marks } satisfies Report);
    });
  });
  process.send?.({ kind: "listening", url: "" } satisfies Report);
}

function openWriter(orders: Orders): WriteGroup {
  const port = portOf(orders);
  return port === null ? sqliteWriter(orders.folder) : redisWriter(port);
}

const TABLE = "CREATE TABLE records (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT";
const WRITE = "INSERT INTO records VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body";

/** With the settings of the embedded store: each group is synced. */
function sqliteWriter(folder: string): WriteGroup {
  mkdirSync(folder, { recursive: true });
  const db = openDatabase(join(folder, "records.db"));
  db.script(TABLE);
  return async (records) => {
    db.run("BEGIN IMMEDIATE");
    for (const { key, body } of records) db.run(WRITE, key, body);
    db.run("COMMIT");
  };
}

function redisWriter(port: number): WriteGroup {
  const redis = new Redis({ port, host: "127.0.0.1" });
  return async (records) => {
    const group = redis.pipeline();
    for (const { key, body } of records) group.set(`records:${key}`, body);
    await group.exec();
  };
}

process.once("message", (orders: Orders) => void live(orders));
