import type { AuditEntry } from "../../../core/audit/index.ts";
import type { StateKind, TransferPage } from "../../../core/ports/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import { type ConfigVersion, VERSIONED_KINDS } from "../../../core/versions/index.ts";
import { gatherFacts } from "../audit-gather.ts";
import type { Engine } from "../engine.ts";
import { AUDIT_TAG, CONFIG_TAG, STATE_TAG } from "../partitions.ts";
import { WRITE_AUDIT, WRITE_STATE, WRITE_VERSIONS } from "./queue-scripts.ts";
import { type PageStart, type TransferTable, writeRows } from "./table.ts";

/** The audit log: each entry as it is, so that the chain holds on. */
export const audit: TransferTable<"audit"> = {
  read: readAudit,
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_AUDIT, tag: AUDIT_TAG },
      records.map(({ body }) => [body.seq, JSON.stringify(body)]),
    ),
};

async function readAudit(engine: Engine, { after, limit }: PageStart): Promise<TransferPage> {
  if (after === null) await gatherFacts(engine);
  const range = [`${engine.base(AUDIT_TAG)}:chain`, `(${after ?? 0}`, "+inf", "LIMIT", 0, limit];
  const texts = await engine.command<string[]>("ZRANGEBYSCORE", range);
  const records = texts.map((text): TransferRecordOf<"audit"> => {
    const body = JSON.parse(text) as AuditEntry;
    return { kind: "audit", key: String(body.seq), body };
  });
  return { records, next: texts.length < limit ? null : (records.at(-1)?.key ?? null) };
}

/** Versions of the configuration, all of one thing on a page. */
export const version: TransferTable<"version"> = {
  read: readVersions,
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_VERSIONS, tag: CONFIG_TAG },
      records.map(({ body }) => [body.kind, body.name, body.no, JSON.stringify(body)]),
    ),
};

async function readVersions(engine: Engine, { after }: PageStart): Promise<TransferPage> {
  const base = engine.base(CONFIG_TAG);
  const names = await Promise.all(
    VERSIONED_KINDS.map(async (kind) => {
      const some = await engine.command<string[]>("HKEYS", [`${base}:newest:${kind}`]);
      return some.sort().map((name) => ({ kind, name }));
    }),
  );
  const all = names.flat();
  const index = Number(after ?? 0);
  const of = all[index];
  if (!of) return { records: [], next: null };
  const texts = await engine.command<string[]>("LRANGE", [`${base}:v:${of.kind}:${of.name}`, 0, -1]);
  const records = texts.map((text): TransferRecordOf<"version"> => {
    const body = JSON.parse(text) as ConfigVersion;
    return { kind: "version", key: JSON.stringify([body.kind, body.name, body.no]), body };
  });
  return { records, next: index + 1 < all.length ? String(index + 1) : null };
}

/** Complete by its type: a kind that is not named would be left behind. */
const STATE_KINDS: Record<StateKind, true> = {
  ...{ drain: true, upgrade: true, canary: true, health: true },
  ...{ release: true, release_hold: true, canary_start: true, drift: true },
  stop: true,
  mute: true,
  delegation: true,
  language: true,
  notice: true,
  batch: true,
  question: true,
  confirmation: true,
  place: true,
  build: true,
};

/** Stops, mutes and delegations, all on one page: people make them. */
export const state: TransferTable<"state"> = {
  read: readState,
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_STATE, tag: STATE_TAG },
      records.map(({ key, body }) => [...(JSON.parse(key) as string[]), body.text]),
    ),
};

async function readState(engine: Engine): Promise<TransferPage> {
  const records: TransferRecordOf<"state">[] = [];
  for (const kind of Object.keys(STATE_KINDS)) {
    const key = `${engine.base(STATE_TAG)}:k:${kind}`;
    for (const name of (await engine.command<string[]>("HKEYS", [key])).sort()) {
      const stored = (await engine.command<string | null>("HGET", [key, name])) ?? "";
      const text = stored.slice(stored.indexOf(" ") + 1);
      records.push({ kind: "state", key: JSON.stringify([kind, name]), body: { text } });
    }
  }
  return { records, next: null };
}
