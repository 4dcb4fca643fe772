import type { Clock, Ids, TransferStore } from "../../core/ports/index.ts";
import {
  type CancelPlan,
  type KindDigest,
  planCancel,
  planTransfer,
  type StorePlace,
  TRANSFER_KINDS,
  TRANSFER_VERSION,
  type TransferKind,
  type TransferPlan,
  type TransferProgress,
  UNTOUCHED,
} from "../../core/transfer/index.ts";
import { type CopyProgress, copyAll } from "./copy.ts";
import { type Checked, digestOf, verifyAll } from "./verify.ts";

/** One side of a migration. */
export interface MigrationSide {
  place: StorePlace;
  store: TransferStore;
}

/** What is told while it runs. */
export type MigrationNews = { step: "copy" | "verify" } & CopyProgress;

/** What a migration works with. */
export interface Migration {
  source: MigrationSide;
  target: MigrationSide;
  clock: Clock;
  ids: Ids;
  /** Go on although processes are seen at work on a side. */
  evenIfRunning: boolean;
  /** Delete what an earlier transfer left in the target. */
  replace: boolean;
  /** How many records are read and written at once. Default 500. */
  pageRecords?: number;
  tell(news: MigrationNews): void;
}

const PAGE_RECORDS = 500;

/** How a migration ended. */
export type Migrated =
  | { outcome: "moved"; checks: Checked[] }
  /** The target does not hold what the source does; neither is in force. */
  | { outcome: "different"; checks: Checked[] }
  | { outcome: "finished" | "done" }
  | {
      outcome: "refused";
      reason: Extract<TransferPlan, { outcome: "refused" }>["reason"];
      holders: string[];
    };

/**
 * Moves everything from one side to the other. Killed at any moment and called again, it goes on from what was
 * written last. Until everything has been compared the target is marked as not usable, and from the first page on the
 * source is too, so that the two are never in force together.
 */
export async function migrate(migration: Migration): Promise<Migrated> {
  const { source, target } = migration;
  const { plan, holders } = await planOf(migration);
  switch (plan.outcome) {
    case "refused":
      return { outcome: "refused", reason: plan.reason, holders };
    case "done":
      return { outcome: "done" };
    case "finish":
      await leave(migration, plan.transferId);
      return { outcome: "finished" };
    case "resume":
      return copyAndVerify(migration, plan.transferId);
    case "begin": {
      const transferId = migration.ids.ulid();
      const at = nowText(migration);
      // The source first: a target that is marked alone would look like another transfer's.
      await source.store.stand({ state: "leaving", transferId, to: target.place, at });
      if (plan.reason === "target_replaced") await target.store.clear();
      await arrive(migration, transferId, { kind: "settings", after: null });
      return copyAndVerify(migration, transferId);
    }
    default:
      return plan satisfies never;
  }
}

async function planOf({ source, target, evenIfRunning, replace }: Migration) {
  const holders = [...(await source.store.holders()), ...(await target.store.holders())];
  const plan = planTransfer({
    source: await source.store.standing(),
    target: await target.store.standing(),
    targetEmpty: await target.store.isEmpty(),
    ...{ holders, evenIfRunning, replace },
  });
  return { plan, holders };
}

function nowText({ clock }: Pick<Migration, "clock">): string {
  return new Date(clock.nowMs()).toISOString();
}

async function arrive(migration: Migration, transferId: string, progress: TransferProgress): Promise<void> {
  const { source, target } = migration;
  const at = nowText(migration);
  await target.store.stand({
    ...{ state: "arriving", transferId, from: source.place, at },
    ...{ version: TRANSFER_VERSION, progress },
  });
}

async function leave(migration: Migration, transferId: string): Promise<void> {
  const { source, target } = migration;
  await source.store.stand({ state: "left", transferId, to: target.place, at: nowText(migration) });
}

async function copyAndVerify(migration: Migration, transferId: string): Promise<Migrated> {
  const { source, target, tell } = migration;
  const standing = await target.store.standing();
  await copyAll({
    source: source.store,
    target: target.store,
    pageRecords: migration.pageRecords ?? PAGE_RECORDS,
    from: standing.state === "arriving" ? standing.progress : null,
    keep: (progress) => arrive(migration, transferId, progress),
    tell: (progress) => tell({ step: "copy", ...progress }),
  });
  const checks = await verifyAll(source.store, target.store, (progress) =>
    tell({ step: "verify", ...progress }),
  );
  if (checks.some((check) => check.outcome === "different")) return { outcome: "different", checks };
  await target.store.stand({ state: "in_force", transferId });
  await leave(migration, transferId);
  return { outcome: "moved", checks };
}

/** What a migration would move, by kind; changes nothing. */
export async function survey({
  source,
  tell,
}: Migration): Promise<{ kind: TransferKind; digest: KindDigest }[]> {
  const found: { kind: TransferKind; digest: KindDigest }[] = [];
  for (const kind of TRANSFER_KINDS) {
    const digest = await digestOf(source.store, kind);
    found.push({ kind, digest });
    tell({ step: "verify", kind, records: digest.count, done: true });
  }
  return found;
}

/** Gives a migration up, or takes one back that is finished: the source is in force again, the target is not. */
export async function cancel(migration: Migration): Promise<CancelPlan & { holders: string[] }> {
  const { source, target, evenIfRunning } = migration;
  const standing = await source.store.standing();
  const holders = [...(await source.store.holders()), ...(await target.store.holders())];
  const plan = planCancel({
    source: standing,
    target: await target.store.standing(),
    holders,
    evenIfRunning,
  });
  if (plan.outcome === "refused") return { ...plan, holders };
  if (plan.reason === "moved_and_taken_back") {
    await arrive(migration, standing.transferId ?? "", { kind: "settings", after: null });
  }
  await source.store.stand(UNTOUCHED);
  return { ...plan, holders };
}
