import { createDrains, type Drains } from "../../../bot/clusters/index.ts";
import {
  createDriftWatch,
  createReleases,
  type Releases,
  type TermsFound,
} from "../../../bot/releases/index.ts";
import type { CanaryResult, Cluster } from "../../../core/clusters/index.ts";
import type {
  Execution,
  Executor,
  LivePart,
  PackRegistry,
  RegisteredPack,
  Rollouts,
  StartOutcome,
} from "../../../core/ports/index.ts";
import type { ReleaseTerms, Role } from "../../../core/releases/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { instantExecutor } from "../../bench/tasks/instant.ts";
import { movableClock } from "../../support/clock.ts";
import { aKill, isDead, type Kill, killable, mustLive, passBy } from "../../support/kill.ts";
import { silentLog } from "../../support/log.ts";
import { aDecision, aPack, OLD_IMAGE, oldParts, theTerms } from "../../support/releases.ts";

/** One cluster as it really is. */
export interface Site {
  parts: Map<Role, LivePart>;
  /** Looks at each part until it is rolled out. */
  left: Map<Role, number>;
  registered: Map<string, RegisteredPack>;
  busy: number;
  canaries: string[];
  runs: Map<string, Execution>;
  /** Registrations that were begun. */
  registering: number;
}

/** What goes wrong, by what is asked of the world. */
export interface Faults {
  /** A roll-out of this part of a cluster, to the new image, never succeeds. */
  rollout?: { cluster: string; role: Role };
  /** Registering the new content fails with this pack. */
  register?: { cluster: string; pack: string };
  /** Waited for before anything is registered. */
  registering?: () => Promise<void>;
  canary?: (cluster: string) => CanaryResult;
  /** What becomes of the start of the set's own canary. */
  start?: (requestId: string) => StartOutcome | null;
  /** What the API server answers to the nth orders. */
  set?: (nth: number) => Awaited<ReturnType<Rollouts["set"]>> | null;
}

const CLUSTERS: readonly Cluster[] = ["hz", "bj"].map((name, at) => {
  return { name, api: "http://x", auth: { kind: "apiKey", apiKey: "k" }, businesses: ["shop"], priority: at };
});

/** Two clusters, a store, and the content that each image holds. */
export function aWorld({ terms = theTerms(), faults = {} as Faults } = {}) {
  const clock = movableClock(Date.UTC(2026, 10, 1));
  const store = openMemoryStore({ clock });
  const contents = new Map<string, readonly RegisteredPack[]>([
    [OLD_IMAGE, [aPack("disk", "1.0.0", "cleanup", "old")]],
    [terms.image.reference, terms.packs],
  ]);
  const sites = new Map(CLUSTERS.map(({ name }) => [name, siteOf(contents)]));
  return {
    clock,
    store,
    sites,
    contents,
    faults,
    wrong: [] as string[],
    told: [] as string[],
    terms: { now: terms },
    /** What processes do now and then while a deed of theirs lasts. */
    looks: new Set<() => Promise<void>>(),
  };
}

export type World = ReturnType<typeof aWorld>;

function siteOf(contents: ReadonlyMap<string, readonly RegisteredPack[]>): Site {
  return {
    parts: new Map(oldParts.map((part) => [part.role, { ...part }])),
    left: new Map(),
    registered: new Map((contents.get(OLD_IMAGE) ?? []).map((pack) => [pack.ref, pack])),
    ...{ busy: 0, canaries: [], runs: new Map(), registering: 0 },
  };
}

function siteAt(world: World, cluster: string): Site {
  const site = world.sites.get(cluster);
  if (!site) throw new Error(`no cluster ${cluster}`);
  return site;
}

function rolloutsOf(world: World): Rollouts {
  let orders = 0;
  return {
    read: async (cluster) => [...siteAt(world, cluster).parts.values()].map((part) => ({ ...part })),
    set: async ({ cluster, role, image, release, dryRun }) => {
      const site = siteAt(world, cluster);
      const part = site.parts.get(role);
      if (!part) return { outcome: "refused", message: "no such part" };
      orders += dryRun ? 0 : 1;
      const fault = dryRun ? null : (world.faults.set?.(orders) ?? null);
      if (fault) return fault;
      const { image: before } = part;
      if (dryRun) return { outcome: "set", before };
      if (image !== before) {
        await mustBeEmpty(world, cluster, `set ${role}`);
        site.parts.set(role, { ...part, image, release });
        site.left.set(role, 2);
      }
      return { outcome: "set", before };
    },
    state: async ({ cluster, role }) => {
      const site = siteAt(world, cluster);
      const { rollout } = world.faults;
      const isNew = site.parts.get(role)?.image === world.terms.now.image.reference;
      if (isNew && rollout?.cluster === cluster && rollout.role === role) {
        return { outcome: "failed", message: "deadline", problems: ["ImagePullBackOff"] };
      }
      const left = site.left.get(role) ?? 0;
      site.left.set(role, Math.max(0, left - 1));
      if (left > 0) return { outcome: "rolling", ready: 1, wanted: 3, problems: [] };
      return { outcome: "done", replicas: 3 };
    },
  };
}

/** Nothing of a cluster is changed where something runs, or may start. */
async function mustBeEmpty({ store, sites, wrong }: World, cluster: string, what: string): Promise<void> {
  const drain = await store.state.get("drain", cluster);
  const busy = sites.get(cluster)?.busy ?? 0;
  if (!drain?.body.done || busy > 0)
    wrong.push(`${what} on ${cluster} with ${busy} runs, drained: ${!!drain}`);
}

function registryOf(world: World): PackRegistry {
  return {
    registered: async (cluster, packs) => {
      const all = [...siteAt(world, cluster).registered.values()];
      return structuredClone(packs ? all.filter(({ ref }) => packs.includes(ref)) : all);
    },
    register: async (cluster, packs) => {
      const site = siteAt(world, cluster);
      const image = site.parts.get("api")?.image ?? "";
      const { register, registering } = world.faults;
      site.registering += 1;
      await registering?.();
      await mustBeEmpty(world, cluster, "register");
      for (const ref of packs) {
        const isNew = image === world.terms.now.image.reference;
        if (isNew && register?.cluster === cluster && register.pack === ref) {
          return { outcome: "failed", message: "bad metadata", pack: ref };
        }
        const content = world.contents.get(image)?.find((pack) => pack.ref === ref);
        if (!content) return { outcome: "failed", message: "no such pack in the image", pack: ref };
        // Registering never removes (reference/stackstorm.md section 15, point 20).
        const kept = site.registered.get(ref)?.items ?? [];
        const items = [
          ...content.items,
          ...kept.filter((old) => !content.items.some((one) => one.ref === old.ref)),
        ];
        site.registered.set(ref, { ...content, items });
      }
      return { outcome: "registered", counts: {} };
    },
    remove: async (cluster, { ref }) => {
      const site = siteAt(world, cluster);
      for (const pack of site.registered.values()) {
        const items = pack.items.filter((one) => one.ref !== ref);
        if (items.length > 0) site.registered.set(pack.ref, { ...pack, items });
        else site.registered.delete(pack.ref);
      }
      return { outcome: "removed" };
    },
    inspect: async () => [],
  };
}

function executorOf(world: World): Executor {
  return {
    ...instantExecutor(),
    busy: async (cluster) => siteAt(world, cluster).busy,
    canary: async (cluster) => {
      const result = world.faults.canary?.(cluster) ?? { outcome: "passed", tookMs: 1 };
      const site = siteAt(world, cluster);
      const images = [...new Set([...site.parts.values()].map(({ image }) => image))];
      site.canaries.push(`${result.outcome} on ${images.join("+")}`);
      return result;
    },
    start: async ({ cluster, action, requestId }) => {
      const { runs } = siteAt(world, cluster);
      const fault = world.faults.start?.(requestId) ?? null;
      if (fault) return fault;
      if (runs.has(requestId)) world.wrong.push(`${requestId} started twice`);
      const execution = { id: requestId, cluster, action, status: "running", requestId };
      runs.set(requestId, { ...execution, status: "succeeded" });
      return { outcome: "started", execution };
    },
    find: async ({ cluster, requestId }) => {
      const execution = siteAt(world, cluster).runs.get(requestId);
      return execution
        ? { outcome: "found", execution, starts: 1, doubles: [], attempts: [] }
        : { outcome: "absent" };
    },
  };
}

/** One process over the world. */
export function aProcess(world: World, name: string, kill: Kill = aKill()) {
  const { clock, store, told, terms, looks } = world;
  const state = killable("state", store.state, kill);
  const audit = killable("audit", { append: store.audit.append }, kill);
  const executor = killable("executor", executorOf(world), kill);
  const rollouts = killable("rollouts", rolloutsOf(world), kill);
  const registry = killable("registry", registryOf(world), kill);
  const clusters = () => CLUSTERS;
  const runs = { of: () => ({ open: 0, paused: 0 }), tasksOn: () => [] };
  const common = { state, audit, clock, log: silentLog };
  const drains = createDrains({
    ...{ ...common, clusters, executor, runs, businesses: () => ["shop"], isDown: () => false },
    ...{ cancel: async () => undefined, tell: async () => undefined },
  });
  const tell = async (text: string) => {
    mustLive(kill);
    if (!told.includes(text)) told.push(text);
    passBy(kill, "tell");
  };
  const names = () => CLUSTERS.map((cluster) => cluster.name);
  const drift = createDriftWatch({
    ...{ ...common, clusters: names, rollouts, registry },
    tell: async (_key, words) => tell(words.en),
  });
  const found = async (): Promise<TermsFound> => ({
    outcome: "found",
    terms: terms.now as ReleaseTerms,
    title: "共享",
  });
  const releases = createReleases({
    ...{ ...common, terms: found, rollouts, registry, executor, drains, drift },
    ...{ leases: killable("leases", store.leases, kill), holder: name, ids: idsOf(name) },
    onStep: () => undefined,
    every: (_ms, look) => {
      looks.add(look);
      return () => void looks.delete(look);
    },
    tell: ({ stage, step, index, clusters: all }) => {
      const where = stage === "rolling" || stage === "back" ? ` ${all[index]} ${step}` : "";
      return tell(`${stage}${where}`);
    },
  });
  return { releases, drains, kill };
}

function idsOf(name: string) {
  let made = 0;
  return {
    ulid: () => {
      made += 1;
      return `01${name.toUpperCase().padStart(12, "0")}${String(made).padStart(12, "0")}`.slice(0, 26);
    },
  };
}

/** Goes on until nothing moves any more, or a person is needed. */
export async function run(
  { clock }: World,
  { releases, drains, kill }: { releases: Releases; drains: Drains; kill?: Kill },
  rounds = 40,
): Promise<void> {
  for (let at = 0; at < rounds; at++) {
    await drains.round();
    await releases.round();
    if (kill && isDead(kill)) return;
    clock.advance(5_000);
  }
}

/** Asks for a release and approves it. */
export async function approved({ releases }: { releases: Releases }, set = "shared"): Promise<string> {
  const asked = await releases.ask({ set, by: "user:wangwu", why: "" });
  if (asked.outcome === "refused") throw new Error(asked.reason);
  const decision = (release: typeof asked.release) => aDecision(release, "lisi");
  await releases.take({ id: asked.release.id, input: { kind: "decide", by: "user:lisi", decision } });
  return asked.release.id;
}

/** What a cluster runs and knows, on one line. */
export function siteText(world: World, cluster: string): string {
  const site = siteAt(world, cluster);
  const images = [...site.parts.values()].map(({ role, image }) => `${role}=${image.slice(-3)}`);
  const packs = [...site.registered.values()].map(({ ref, version, items }) => {
    return `${ref}@${version}[${items
      .map((item) => item.ref)
      .sort()
      .join(" ")}]`;
  });
  return [...images, ...packs].join(" ");
}
