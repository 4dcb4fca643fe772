import {
  clusterAt,
  isUnchanged,
  nextDeed,
  type Upgrade,
  type UpgradeInput,
} from "../../core/clusters/index.ts";
import type { Clock, Executor, StateStore } from "../../core/ports/index.ts";
import { CANARY_MS, type Drains } from "./drains.ts";

export interface DeedDeps {
  drains: Pick<Drains, "refresh" | "stranding" | "order" | "lift">;
  executor: Pick<Executor, "probe" | "canary">;
  state: StateStore;
  clock: Clock;
}

/** What the world makes of an upgrade now. */
export type Next =
  | { outcome: "waits" }
  | { outcome: "move"; input: UpgradeInput }
  /** Its cluster was seen drained for the first time, which is to be remembered. */
  | { outcome: "seen"; drained: string }
  /** `check` looks, and lets the cluster take starts again; null when it is too early to say. */
  | { outcome: "check"; check: () => Promise<UpgradeInput | null> };

/** For so long others may be on their way back, and a cluster that was upgraded may be starting. */
const GRACE_MS = 180_000;
const WAITS: Next = { outcome: "waits" };

/** Does what an upgrade needs to have done now, and says how that moves it. Doing it again changes nothing. */
export async function nextOf(upgrade: Upgrade, deps: DeedDeps): Promise<Next> {
  const { state, drains, clock } = deps;
  const cluster = clusterAt(upgrade) ?? "";
  // Read behind the upgrade: who has moved that on meanwhile is not moved back, as it is stored by compare-and-set.
  const drain = (await state.get("drain", cluster))?.body ?? null;
  await drains.refresh();
  const { stranded } = drains.stranding(cluster);
  const deed = nextDeed(upgrade, { drain, stranded, nowMs: clock.nowMs() });
  switch (deed.outcome) {
    case "wait":
      if (deed.reason !== "runs" || upgrade.drained === cluster) return WAITS;
      return { outcome: "seen", drained: cluster };
    case "drain":
      return drained(upgrade, cluster, deps);
    case "move":
      return deed.reason === "expire"
        ? { outcome: "move", input: { kind: "expire" } }
        : { outcome: "move", input: { kind: "drained", ...(await versionOf(cluster, deps)) } };
    case "fail":
      if (deed.reason === "undrained") return failed(undrainedText(cluster));
      return isEarly(upgrade, deps) ? WAITS : failed(strandedText(stranded));
    case "check":
      return { outcome: "check", check: () => check(upgrade, { cluster, drain }, deps) };
    default:
      return deed satisfies never;
  }
}

function failed(message: string): Next {
  return { outcome: "move", input: { kind: "fail", message } };
}

function undrainedText(cluster: string): string {
  return `有人让 ${cluster} 恢复了启动 (somebody lets ${cluster} take starts again)`;
}

function strandedText(businesses: readonly string[]): string {
  return `这些业务会没有可用的集群 (these businesses would have no cluster left): ${businesses.join(" ")}`;
}

function isEarly({ since }: Upgrade, { clock }: DeedDeps): boolean {
  return Math.abs(clock.nowMs() - Date.parse(since)) < GRACE_MS;
}

/** Who has drained it before keeps it: then that drain is waited for. */
async function drained(upgrade: Upgrade, cluster: string, { drains }: DeedDeps): Promise<Next> {
  const { forMs, atDeadline, why, force, id, by } = upgrade;
  const order = { forMs, atDeadline, why, force: force !== undefined, upgrade: id };
  const answer = await drains.order(cluster, order, by);
  if (answer.outcome !== "refused" || answer.reason === "stranded") return WAITS;
  return failed(`没有这个集群 (there is no such cluster): ${cluster}`);
}

async function versionOf(cluster: string, { executor }: DeedDeps): Promise<{ version?: string }> {
  const probe = await executor.probe(cluster);
  return probe.outcome === "up" ? { version: probe.version } : {};
}

/** A drain that is not the upgrade's own is not the upgrade's to end. */
async function check(
  upgrade: Upgrade,
  { cluster, drain }: { cluster: string; drain: { upgrade?: string } | null },
  deps: DeedDeps,
): Promise<UpgradeInput | null> {
  const { executor, drains } = deps;
  const probe = await executor.probe(cluster);
  if (probe.outcome === "down") {
    return isEarly(upgrade, deps) ? null : { kind: "fail", message: downText(cluster, probe.message) };
  }
  const { version } = probe;
  if (isUnchanged(upgrade, version)) {
    return { kind: "fail", message: unchangedText(cluster, version), unchanged: true };
  }
  const isOwn = drain?.upgrade === upgrade.id;
  const answer = isOwn ? await drains.lift(cluster, upgrade.by) : await executor.canary(cluster, CANARY_MS);
  switch (answer.outcome) {
    case "undrained":
    case "passed":
      return { kind: "checked", version };
    case "failed":
      return { kind: "fail", message: canaryText(cluster, answer.message) };
    case "refused":
      // Somebody else has ended the drain: the next round runs the canary without.
      if (answer.reason === "not_drained") return null;
      return { kind: "fail", message: canaryText(cluster, answer.message) };
    default:
      return answer satisfies never;
  }
}

function downText(cluster: string, message: string): string {
  return `${cluster} 没有恢复 (it is not back): ${message}`;
}

function unchangedText(cluster: string, version: string): string {
  return `${cluster} 仍是 ${version}；确实如此就再试 (it is still ${version}; if that is meant, try again)`;
}

function canaryText(cluster: string, message: string): string {
  return `${cluster} 试运行没有成功 (its canary failed): ${message}`;
}
