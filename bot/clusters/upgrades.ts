import {
  type Cluster,
  type DrainOrder,
  isUpgradeNamed,
  isUpgradeOver,
  moveUpgrade,
  type Upgrade,
  type UpgradeCardSent,
  type UpgradeDeedName,
  type UpgradeInput,
  type UpgradeRefusal,
} from "../../core/clusters/index.ts";
import { ChatOpsError, errorText } from "../../core/errors.ts";
import type { Audit, Ids, Leases, Logger } from "../../core/ports/index.ts";
import { cardSent, closedOf, type UpgradeCardDeps } from "./upgrade-cards.ts";
import { type DeedDeps, type Next, nextOf } from "./upgrade-deeds.ts";
import { changed, UPGRADE_NAME, type UpgradeDocument } from "./upgrade-document.ts";

/** What a person wants of the upgrade that is there. */
export interface UpgradeWish {
  /** Its id, or the end of it. */
  id: string;
  deed: UpgradeDeedName;
  /** An actor's name. */
  by: string;
  why?: string;
  /** Of the message or click: the same again does nothing. */
  key?: string;
  /** The step that the person had before their eyes; absent where they name none. */
  since?: string;
}

export type UpgradeAsked =
  | { outcome: "asked"; upgrade: Upgrade }
  | { outcome: "refused"; reason: "under_way"; upgrade: Upgrade }
  /** `names`: clusters that are not there or that a release has, or businesses that would have none left. */
  | { outcome: "refused"; reason: "unknown_cluster" | "in_release" | "stranded"; names: readonly string[] };

export type UpgradeTaken =
  | { outcome: "moved" | "repeated"; upgrade: Upgrade }
  | { outcome: "refused"; reason: UpgradeRefusal | "other_step"; upgrade: Upgrade }
  | { outcome: "refused"; reason: "no_such"; upgrade: null };

/** The upgrade over clusters, as every process sees it: one at a time. */
export interface Upgrades {
  /** The one that is under way, or was last; null when there never was one. */
  current(): Promise<Upgrade | null>;
  /** What would keep one from being begun now; null when nothing. */
  obstacle(clusters: readonly string[], force: boolean): Promise<UpgradeObstacle | null>;
  /** Asks for one: nothing is done until somebody else has approved it. The same key again gives the same one. */
  ask(what: UpgradeAsk): Promise<UpgradeAsked>;
  /** Does what a person wants. */
  take(wish: UpgradeWish): Promise<UpgradeTaken>;
  /**
   * Takes it one step further; false when there is nothing to do for now. Each step may be repeated after a crash; of
   * several processes one takes it.
   */
  round(): Promise<boolean>;
  /** Remembers a card of an upgrade that somebody got; any other card is none of its. */
  cardSent(card: UpgradeCardSent): Promise<void>;
  /** Called when a person of this process has asked for one or has moved it. */
  onMoved(listener: () => void): void;
}

export type UpgradeObstacle = Extract<UpgradeAsked, { outcome: "refused" }>;

export interface UpgradeAsk {
  clusters: readonly string[];
  order: DrainOrder;
  by: string;
  key?: string;
}

export interface UpgradesDeps extends DeedDeps, UpgradeCardDeps {
  clusters: () => readonly Cluster[];
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  audit: Pick<Audit, "append">;
  /** Tells people where it stands, and asks those who are to decide. */
  tell: (upgrade: Upgrade) => Promise<void>;
  ids: Ids;
  log: Logger;
}

const LEASE = "upgrade";
/** Longer than a look and a canary take. */
const LEASE_MS = 90_000;
const MAX_TRIES = 8;
const MACHINE = "whale";

export function createUpgrades(deps: UpgradesDeps): Upgrades {
  const find = () => deps.state.get("upgrade", UPGRADE_NAME);
  const listeners: (() => void)[] = [];
  const heard = <T>(answer: T): T => {
    for (const listener of listeners) listener();
    return answer;
  };
  return {
    current: async () => (await find())?.body ?? null,
    obstacle: (clusters, force) => obstacle({ clusters, force }, deps),
    ask: (what) => ask(what, deps).then(heard),
    take: (wish) => take(wish, deps).then(heard),
    round: () => round(deps),
    cardSent: (card) => cardSent(card, deps),
    onMoved: (listener) => void listeners.push(listener),
  };
}

async function obstacle(
  { clusters, force }: { clusters: readonly string[]; force: boolean },
  deps: UpgradesDeps,
): Promise<UpgradeObstacle | null> {
  const { drains, state } = deps;
  const known = new Set(deps.clusters().map(({ name }) => name));
  const unknown = clusters.filter((name) => !known.has(name));
  if (unknown.length > 0) return { outcome: "refused", reason: "unknown_cluster", names: unknown };
  const holds = new Set((await state.list("release_hold")).map(({ name }) => name));
  const held = clusters.filter((name) => holds.has(name));
  if (held.length > 0) return { outcome: "refused", reason: "in_release", names: held };
  await drains.refresh();
  const names = [...new Set(clusters.flatMap((name) => drains.stranding(name).stranded))];
  if (names.length > 0 && !force) return { outcome: "refused", reason: "stranded", names };
  const found = await state.get("upgrade", UPGRADE_NAME);
  if (!found || isUpgradeOver(found.body)) return null;
  return { outcome: "refused", reason: "under_way", upgrade: found.body };
}

async function ask(what: UpgradeAsk, deps: UpgradesDeps): Promise<UpgradeAsked> {
  const { state, ids, clock, log } = deps;
  const { clusters, order, by, key } = what;
  const found = await state.get("upgrade", UPGRADE_NAME);
  const last = found?.body.last;
  if (found && last?.what === "ask" && key !== undefined && last.key === key) {
    return { outcome: "asked", upgrade: found.body };
  }
  const refused = await obstacle({ clusters, force: order.force }, deps);
  if (refused) return refused;
  const upgrade = askedOf(what, { id: `u_${ids.ulid().toLowerCase()}`, nowMs: clock.nowMs() });
  const expected = found?.revision ?? null;
  const put = await state.put({ kind: "upgrade", name: UPGRADE_NAME, expected, body: upgrade });
  if (put.outcome === "conflict") return ask(what, deps);
  log.info({ by, upgrade: upgrade.id, clusters }, "an upgrade of clusters was asked for");
  await recorded(put.document, deps);
  return { outcome: "asked", upgrade };
}

function askedOf(
  { clusters, order, by, key }: UpgradeAsk,
  { id, nowMs }: { id: string; nowMs: number },
): Upgrade {
  const { forMs, atDeadline, why, force } = order;
  const at = new Date(nowMs).toISOString();
  return {
    ...{ id, by, at, why, clusters: [...new Set(clusters)], forMs, atDeadline },
    ...{ ...(force ? { force: why } : {}), stage: "asked", index: 0, since: at, before: {}, after: {} },
    last: { what: "ask", by, ...(key === undefined ? {} : { key }) },
  };
}

async function take(wish: UpgradeWish, deps: UpgradesDeps): Promise<UpgradeTaken> {
  const { id, by, key, since } = wish;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await deps.state.get("upgrade", UPGRADE_NAME);
    if (!found || !isUpgradeNamed(found.body, id))
      return { outcome: "refused", reason: "no_such", upgrade: null };
    const { body: upgrade } = found;
    if (key !== undefined && upgrade.last?.key === key) return { outcome: "repeated", upgrade };
    if (since !== undefined && upgrade.since !== since)
      return { outcome: "refused", reason: "other_step", upgrade };
    const moved = await move(
      found,
      { input: inputOf(wish), by, ...(key === undefined ? {} : { key }) },
      deps,
    );
    if (moved !== null) return moved;
  }
  throw new ChatOpsError("the upgrade keeps being changed by others", {
    code: "upgrade.contended",
    retryable: true,
  });
}

function inputOf({ deed, by, why = "" }: UpgradeWish): UpgradeInput {
  return deed === "abort" ? { kind: deed, by, why } : { kind: deed, by };
}

interface Moving {
  input: UpgradeInput;
  by: string;
  key?: string;
}

/** Null when somebody else has changed it meanwhile. */
async function move(
  found: UpgradeDocument,
  { input, by, key }: Moving,
  deps: UpgradesDeps,
): Promise<Extract<UpgradeTaken, { upgrade: Upgrade }> | null> {
  const { state, clock, log } = deps;
  const before = await recorded(found, deps);
  if (!before) return null;
  // No two steps have one instant, not even where a clock was moved back: cards are told apart by it.
  const nowMs = Math.max(clock.nowMs(), Date.parse(before.body.since) + 1);
  const moved = moveUpgrade(before.body, input, nowMs);
  if (moved.outcome === "refused") return moved;
  const last = { what: input.kind, by, ...(key === undefined ? {} : { key }) };
  const upgrade: Upgrade = { ...moved.upgrade, last };
  const put = await state.put({
    kind: "upgrade",
    name: UPGRADE_NAME,
    expected: before.revision,
    body: upgrade,
  });
  if (put.outcome === "conflict") return null;
  const { id, stage, index, clusters } = upgrade;
  log.info({ upgrade: id, stage, cluster: clusters[index], by, reason: input.kind }, "an upgrade went on");
  await recorded(put.document, deps);
  return { outcome: "moved", upgrade };
}

/** Has the audit log know of the last step before there is another. Null when somebody else has changed it. */
async function recorded(
  { revision, body }: UpgradeDocument,
  { state, audit }: UpgradesDeps,
): Promise<UpgradeDocument | null> {
  const { id, last, since, stage, clusters, index, before, after, problem, why } = body;
  if (!last || last.audited) return { name: UPGRADE_NAME, revision, body };
  const detail = {
    ...{ step: last.what, stage, clusters: [...clusters], cluster: clusters[index] ?? null, why },
    ...{ before: { ...before }, after: { ...after } },
    problem: stage === "stopped" || stage === "aborted" ? (problem?.message ?? "") : "",
  };
  await audit.append({ at: since, who: last.by, what: "cluster.upgrade", object: id, detail });
  return changed({ revision, body: { ...body, last: { ...last, audited: true } } }, state);
}

/** Said before it is remembered as said. That nobody can be told holds nothing up. */
async function toldOf(found: UpgradeDocument, { state, tell, log }: UpgradesDeps) {
  const { revision, body } = found;
  if (body.told === body.since) return found;
  try {
    await tell(body);
  } catch (error) {
    log.warn({ upgrade: body.id, reason: errorText(error) }, "nobody could be told of an upgrade");
    return found;
  }
  return changed({ revision, body: { ...body, told: body.since } }, state);
}

async function round(deps: UpgradesDeps): Promise<boolean> {
  const { state } = deps;
  const found = await state.get("upgrade", UPGRADE_NAME);
  const known = found && (await recorded(found, deps));
  const closed = known && (await closedOf(known, deps));
  const told = closed && (await toldOf(closed, deps));
  if (!told || isUpgradeOver(told.body)) return false;
  const next = await nextOf(told.body, deps);
  switch (next.outcome) {
    case "waits":
      return false;
    case "seen":
      return (await changed({ ...told, body: { ...told.body, drained: next.drained } }, state)) !== null;
    case "move":
      return (await move(told, { input: next.input, by: MACHINE }, deps)) !== null;
    case "check":
      return alone(told, next, deps);
    default:
      return next satisfies never;
  }
}

/** A check leaves a run in the engine's history, so that one process makes it, of the step as it is now. */
async function alone(
  { revision }: UpgradeDocument,
  { check }: Extract<Next, { outcome: "check" }>,
  deps: UpgradesDeps,
): Promise<boolean> {
  const { leases, holder, state } = deps;
  const lease = await leases.acquire(LEASE, holder, LEASE_MS);
  if (lease.outcome === "taken") return false;
  try {
    const now = await state.get("upgrade", UPGRADE_NAME);
    const input = now?.revision === revision ? await check() : null;
    return now !== null && input !== null && (await move(now, { input, by: MACHINE }, deps)) !== null;
  } finally {
    await leases.release(LEASE, lease.fence);
  }
}
