import assert from "node:assert/strict";
import { createDrains, createUpgrades, type Drains, type Upgrades } from "../../../bot/clusters/index.ts";
import type { CanaryResult, Cluster, Upgrade } from "../../../core/clusters/index.ts";
import type { Audit, StateStore } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

export const ORDER = { forMs: null, atDeadline: "wait" as const, why: "3.9.0", force: false };
export const ASK = { clusters: ["a", "b"], order: ORDER, by: "user:wangwu", key: "k-ask" };

/** The process dies at its nth write, before it happens or after. */
export interface Death {
  at: number;
  after: boolean;
}

class Died extends Error {}

function cluster(name: string): Cluster {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses: ["shop"], priority: 1 };
}

/** Clusters that one business may use, the upgrade over them, and what its people do; with a process that may die. */
export function upgradeWorld(names: readonly string[] = ["a", "b"], death: Death | null = null) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const world = {
    versions: new Map(names.map((name) => [name, "3.8.1"])),
    down: new Set<string>(),
    canary: { outcome: "passed", tookMs: 1 } as CanaryResult,
    busy: 0,
    writes: 0,
    canaries: [] as string[],
    /** Drains and what ended them, in their order. */
    story: [] as string[],
    told: [] as string[],
  };
  const guarded = async <T>(write: () => Promise<T>): Promise<T> => {
    const dies = ++world.writes === death?.at;
    if (dies && !death.after) throw new Died("before a write");
    const value = await write();
    if (dies) throw new Died("after a write");
    return value;
  };
  const { state: kept } = store;
  const noted = async (name: string, change: string) => {
    if (change === "undrain") {
      const drainedAt = world.story.lastIndexOf(`drain ${name}`);
      assert.ok(
        world.story.lastIndexOf(`canary ${name}`) > drainedAt,
        `${name} is undrained without a canary`,
      );
    }
    world.story.push(`${change} ${name}`);
    const current = (await kept.list("drain")).filter(({ body }) => body.upgrade !== undefined);
    assert.ok(current.length <= 1, "two clusters are out at once");
  };
  const state: StateStore = {
    ...kept,
    put: (change) =>
      guarded(async () => {
        const put = await kept.put(change);
        const isNew = change.kind === "drain" && change.expected === null && put.outcome === "stored";
        if (isNew) await noted(change.name, "drain");
        return put;
      }),
    remove: (kind, name, expected) =>
      guarded(async () => {
        const isGone = await kept.remove(kind, name, expected);
        if (kind === "drain" && isGone) await noted(name, "undrain");
        return isGone;
      }),
  };
  const audit: Pick<Audit, "append"> = { append: (fact) => guarded(() => store.audit.append(fact)) };
  const executor = {
    probe: async (name: string) =>
      world.down.has(name)
        ? ({ outcome: "down", fault: "no_answer", message: "refused", tookMs: 1, skewMs: null } as const)
        : ({
            outcome: "up",
            version: world.versions.get(name) ?? "",
            tookMs: 1,
            skewMs: 0,
            stuck: 0,
          } as const),
    canary: async (name: string) => {
      world.canaries.push(name);
      if (world.canary.outcome === "passed") world.story.push(`canary ${name}`);
      return world.canary;
    },
    busy: async () => world.busy,
  };
  const common = { clusters: () => names.map(cluster), executor, state, audit, clock, log: silentLog };
  const { leases } = store;
  const started = { processes: 0 };
  const start = (): { drains: Drains; upgrades: Upgrades } => {
    const holder = `p${++started.processes}`;
    const drains = createDrains({
      ...{ ...common, businesses: () => [], isDown: (name) => world.down.has(name) },
      runs: { of: () => ({ open: 0, paused: 0 }), tasksOn: () => [] },
      cancel: async () => undefined,
      tell: async () => undefined,
    });
    const ids = { ulid: () => "01ABCDEFGHJKMNPQRSTVWXYZ23" };
    const tell = async ({ stage, index }: Upgrade) => void world.told.push(`${stage} ${names[index]}`);
    const upgrades = createUpgrades({ ...common, drains, leases, holder, tell, ids });
    return { drains, upgrades };
  };
  const process = start();
  /** Goes on as a new process where the one before has died. */
  const alive = async <T>(deed: () => Promise<T>): Promise<T> => {
    try {
      return await deed();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      Object.assign(process, start());
      return deed();
    }
  };
  const round = async () => {
    clock.advance(5_000);
    await alive(() => process.drains.round());
    await alive(() => process.upgrades.round());
  };
  const rounds = async (count: number) => {
    for (let at = 0; at < count; at++) await round();
  };
  const current = async () => (await kept.get("upgrade", "clusters"))?.body ?? null;
  const take = (deed: "approve" | "confirm" | "retry" | "abort" | "reject", by = "user:lisi") =>
    alive(async () => {
      const { id = "", since = "", index = 0 } = (await current()) ?? {};
      return process.upgrades.take({ id, deed, by, key: `${deed} ${index} ${since}` });
    });
  return { world, clock, store, process, alive, rounds, current, take, peer: start };
}

export type UpgradeWorld = ReturnType<typeof upgradeWorld>;

/** People who do what is theirs to do, until it is over or stands still. */
export async function playOut(played: UpgradeWorld): Promise<Upgrade | null> {
  const { world, process, alive, rounds, current, take } = played;
  await alive(() => process.upgrades.ask(ASK));
  for (let at = 0; at < 60; at++) {
    const now = await current();
    if (now?.told !== now?.since) {
      await rounds(1);
      continue;
    }
    if (now?.stage === "asked") await take("approve");
    if (now?.stage === "upgrading") {
      world.versions.set(now.clusters[now.index] ?? "", "3.9.0");
      await take("confirm");
    }
    if (now?.stage === "done") break;
    await rounds(1);
  }
  return current();
}
