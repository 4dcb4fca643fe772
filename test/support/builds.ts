import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { createBuildFiles } from "../../adapters/local/index.ts";
import type { Builds, BuildsDeps } from "../../bot/releases/builds/index.ts";
import { createBuilds } from "../../bot/releases/builds/index.ts";
import type { PackRepos } from "../../core/ports/index.ts";
import type { Build, PackLock, PackSet } from "../../core/releases/index.ts";
import { type MemoryStore, openMemoryStore } from "../../fixtures/memory/index.ts";
import { memoryImages } from "../../fixtures/memory-images/index.ts";
import { aPack, type PackFiles } from "../contract/image-builder.ts";
import { type MovableClock, movableClock } from "./clock.ts";
import { silentLog } from "./log.ts";
import { tempFolder } from "./sqlite.ts";

const COMMIT = "a".repeat(40);

/** A set of two repositories, the second with two packs. */
export function aPackSet(more: Partial<PackSet> = {}): PackSet {
  const url = (name: string) => `https://git.example/${name}.git`;
  return {
    ...{ id: "ops", title: "运维", strategy: "packs-image" },
    repos: ["disk", "kernel"].map((name) => ({ name, url: url(name), at: { ref: "main" } })),
    image: "registry.example/ops/packs",
    base: { builder: "registry.example/builder:1", runtime: "registry.example/runtime:1" },
    ...{ clusters: ["hz-core"], checks: {}, drainMs: null, approval: { from: { tag: "sre" } } as never },
    ...more,
  };
}

/** Its lock. */
export function aPackLock({ id: set, strategy, base, repos }: PackSet = aPackSet()): PackLock {
  const packs = { disk: ["disk"], kernel: ["dmesg", "sysctl"] } as Record<string, string[]>;
  const locked = repos.map(({ name, url }) => ({
    ...{ name, url, ref: "refs/heads/main", commit: COMMIT },
    packs: (packs[name] ?? []).map((ref) => ({ ref, version: "1.0.0", path: ref })),
  }));
  return { set, strategy, base, repos: locked };
}

/** Repositories that hold these packs, each below its name. */
export function filledRepos(packs: PackFiles): Pick<PackRepos, "fetch"> {
  return {
    fetch: async ({ into }) => {
      for (const [pack, files] of Object.entries(packs)) {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(into, pack, path)), { recursive: true });
          writeFileSync(join(into, pack, path), text);
        }
      }
      return { outcome: "fetched", bytes: 1, files: 1 };
    },
  };
}

/** Builds over a store in memory, whose looks come when the test says so. */
export interface BuildWorld {
  clock: MovableClock;
  store: MemoryStore;
  registry: Map<string, string>;
  told: Build[];
  /** A process that builds. */
  process(holder: string, more?: Partial<BuildsDeps>): Builds;
  /** All that every process does now and then. */
  look(): Promise<void>;
}

export function buildWorld(t: Pick<TestContext, "after">): BuildWorld {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const folder = tempFolder();
  t.after(() => folder.remove());
  const registry = new Map<string, string>();
  const set = aPackSet();
  const told: Build[] = [];
  const looks = new Set<() => Promise<void>>();
  let ids = 0;
  const deps = (holder: string): BuildsDeps => ({
    ...{ state: store.state, leases: store.leases, audit: store.audit, holder, clock, log: silentLog },
    repos: filledRepos({ disk: aPack("disk"), dmesg: aPack("dmesg"), sysctl: aPack("sysctl") }),
    images: memoryImages({ registry, bases: Object.values(set.base) }),
    files: createBuildFiles({ folder: join(folder.path, holder), clock, mask: (text) => text }),
    check: async () => ({ packs: [], problems: [] }),
    recipe: { version: "1", staging: "/tmp", install: () => [], env: {}, trees: [] },
    setOf: (id) => (id === set.id ? set : null),
    ids: { ulid: () => `01${String(ids++).padStart(24, "0")}` },
    tell: async (build) => void told.push(build),
    pause: async () => undefined,
    every: (ms, look) => {
      if (ms < 60_000) looks.add(look);
      return () => void looks.delete(look);
    },
    ...{ buildMs: 3_600_000, maxRepoBytes: 1e9 },
  });
  return {
    ...{ clock, store, registry, told },
    process: (holder, more = {}) => createBuilds({ ...deps(holder), ...more }),
    look: async () => void (await Promise.all([...looks].map((look) => look()))),
  };
}
