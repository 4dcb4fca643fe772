import type { CancelPlan, KindDigest, TransferKind } from "../../core/transfer/index.ts";
import type { Checked, Migrated } from "../migrate/index.ts";

const KIND_WIDTH = 12;
const NUMBER_WIDTH = 10;

/** Why a migration does not begin, and what to do. */
const REFUSALS: Record<Extract<Migrated, { outcome: "refused" }>["reason"], string> = {
  processes_at_work:
    "还有进程在使用：先停掉它们；确定它们已经不在时加 --even-if-running · processes are at work: stop them first, or add --even-if-running when you are sure that they are gone",
  source_moved_before:
    "源里的数据以前已经搬走了 · the source's data were moved before, to another place than this one",
  source_unfinished:
    "源是一次没有完成的搬迁的目标，里面的数据不全 · the source is the target of an unfinished move and not whole",
  target_in_use:
    "目标里已有在用的数据，不会覆盖：换一个空的 WHALE_DATA 或 REDIS_PREFIX、ELASTICSEARCH_PREFIX · the target holds data that are in use and are never overwritten: name an empty WHALE_DATA, or REDIS_PREFIX and ELASTICSEARCH_PREFIX",
  target_left_over:
    "目标里有以前一次搬迁留下的数据（没有完成的，或已经搬走的）：加 --replace 删掉它再搬 · the target holds what an earlier move left, unfinished or moved away since: add --replace to delete it and move",
};

/** The counts and hashes of both sides, kind by kind. */
export function checkLines(checks: readonly Checked[]): string[] {
  const head = row(["类别 kind", "源 source", "目标 target", "哈希 hash (source / target)"]);
  return [
    head,
    ...checks.flatMap(({ kind, source, target, outcome, differing }) => {
      const hashes = outcome === "same" ? short(source) : `${short(source)} ≠ ${short(target)}`;
      const keys = differing.map(({ key, reason }) => `    ${reason}: ${JSON.stringify(key)}`);
      return [row([kind, String(source.count), String(target.count), `${hashes} ${outcome}`]), ...keys];
    }),
  ];
}

function row([kind = "", source = "", target = "", rest = ""]: readonly string[]): string {
  const numbers = [source, target].map((text) => text.padStart(NUMBER_WIDTH)).join(" ");
  return `${kind.padEnd(KIND_WIDTH)} ${numbers}  ${rest}`;
}

function short({ hash }: KindDigest): string {
  return hash.slice(0, 16);
}

/** What a migration would move. */
export function surveyLines(found: readonly { kind: TransferKind; digest: KindDigest }[]): string[] {
  const lines = found.map(({ kind, digest }) => row([kind, String(digest.count), String(digest.bytes)]));
  const total = found.reduce((sum, { digest }) => sum + digest.bytes, 0);
  return [row(["类别 kind", "条 records", "字节 bytes"]), ...lines, `${(total / 2 ** 20).toFixed(1)} MB`];
}

/** How a migration ended, for people; and whether that is a failure. */
export function endLines(ended: Migrated, to: string): { failed: boolean; lines: string[] } {
  switch (ended.outcome) {
    case "moved":
      return { failed: false, lines: [...checkLines(ended.checks), movedText(to)] };
    case "different":
      return { failed: true, lines: [...checkLines(ended.checks), DIFFERENT] };
    case "finished":
    case "done":
      return { failed: false, lines: [movedText(to)] };
    case "refused":
      return { failed: true, lines: [REFUSALS[ended.reason], ...ended.holders.map((one) => `  ${one}`)] };
    default:
      return ended satisfies never;
  }
}

const DIFFERENT =
  "两边不一致，没有搬成：源和目标现在都不能启动。重新搬：先 --cancel，再加 --replace · the two sides differ and nothing was moved: neither may be started now. To begin anew: --cancel first, then again with --replace";

function movedText(to: string): string {
  const next =
    to === "redis"
      ? "现在用这些 REDIS_URL、ELASTICSEARCH_URL 启动 · start Whale with this REDIS_URL and ELASTICSEARCH_URL"
      : "现在去掉 REDIS_URL、ELASTICSEARCH_URL 再启动 · remove REDIS_URL and ELASTICSEARCH_URL, then start Whale";
  return `搬好了，每一类的条数和哈希都一致 · moved, counts and hashes of every kind agree.\n${next}\n源已标记为搬走，不能再启动，数据仍在；核对无误后可以删掉 · the source is marked as moved and does not start; its data are still there, delete them when you like`;
}

/** How giving up ended. */
export function cancelLines(plan: CancelPlan & { holders: string[] }): { failed: boolean; lines: string[] } {
  if (plan.outcome === "cancel") return { failed: false, lines: [CANCELED[plan.reason]] };
  return { failed: true, lines: [NOT_CANCELED[plan.reason], ...plan.holders.map((one) => `  ${one}`)] };
}

const CANCELED: Record<Extract<CancelPlan, { outcome: "cancel" }>["reason"], string> = {
  not_finished:
    "已放弃：源可以再启动，目标里是不全的数据，不能使用 · given up: the source may be started again; what the target holds is not whole and must not be used",
  moved_and_taken_back:
    "已作废：源可以再启动，目标不能使用。搬迁之后在目标上发生的事，源不知道 · undone: the source may be started again, the target not. The source knows nothing of what happened on the target since",
};

const NOT_CANCELED: Record<Extract<CancelPlan, { outcome: "refused" }>["reason"], string> = {
  no_transfer: "源没有在搬迁，也没有搬走过 · the source is not being moved and was not moved",
  other_target:
    "源的数据搬到了另一个地方，不是这个目标 · the source's data moved to another place than this target",
  processes_at_work: REFUSALS.processes_at_work,
};
