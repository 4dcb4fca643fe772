import assert from "node:assert/strict";
import { describe } from "node:test";
import type { PackRegistry, RegisteredPack } from "../../core/ports/index.ts";
import { testsOn } from "./harness.ts";

/** A cluster that knows the packs of `PACKS_BEFORE`, whose files are those too. */
export interface PackRegistryHarness {
  registry: PackRegistry;
  cluster: string;
  /** Puts these packs in the place of the files on the cluster's disk. */
  setFiles(packs: readonly RegisteredPack[]): Promise<void>;
  /** Makes the registration of a pack fail. */
  spoil(pack: string): Promise<void>;
  setDown(isDown: boolean): Promise<void>;
  close(): Promise<void>;
}

export const PACKS_BEFORE: readonly RegisteredPack[] = [
  {
    ref: "web",
    version: "1.0.0",
    items: [
      { kind: "action", ref: "web.restart" },
      { kind: "action", ref: "web.show" },
      { kind: "alias", ref: "web.show" },
      { kind: "rule", ref: "web.nightly" },
      { kind: "sensor", ref: "web.Queue" },
    ],
  },
  { ref: "zip", version: "0.1.0", items: [{ kind: "action", ref: "zip.pack" }] },
];

const WEB_AFTER: RegisteredPack = {
  ref: "web",
  version: "1.1.0",
  items: [
    { kind: "action", ref: "web.reload" },
    { kind: "action", ref: "web.restart" },
  ],
};

/** What every engine's registry of packs promises. */
export function packRegistryContract(name: string, open: () => Promise<PackRegistryHarness>): void {
  describe(`packs: ${name}`, () => {
    reading(open);
    registering(open);
    removing(open);
    failing(open);
  });
}

/** What it knows of the packs of this test. */
async function known({ registry, cluster }: PackRegistryHarness): Promise<RegisteredPack[]> {
  return registry.registered(cluster, ["web", "zip"]);
}

function reading(open: () => Promise<PackRegistryHarness>): void {
  const test = testsOn(open);

  test("tells packs with their versions and all that they hold", async (harness) => {
    assert.deepEqual(await known(harness), PACKS_BEFORE);
  });

  test("tells all packs when none is named", async (harness) => {
    const all = await harness.registry.registered(harness.cluster);
    assert.deepEqual(
      all.filter(({ ref }) => ref === "web" || ref === "zip"),
      PACKS_BEFORE,
    );
  });

  test("leaves out packs that it does not know", async ({ registry, cluster }) => {
    assert.deepEqual(
      (await registry.registered(cluster, ["nope", "zip"])).map(({ ref }) => ref),
      ["zip"],
    );
  });

  test("cannot be read for a cluster that it does not know", async ({ registry }) => {
    await assert.rejects(registry.registered("nowhere"), { name: "ChatOpsError" });
    assert.equal((await registry.register("nowhere", ["web"])).outcome, "open");
  });
}

function registering(open: () => Promise<PackRegistryHarness>): void {
  const test = testsOn(open);

  test("knows of changed files when their pack is registered, and not before", async (harness) => {
    await harness.setFiles([WEB_AFTER]);
    assert.deepEqual(await known(harness), PACKS_BEFORE);
    const outcome = await harness.registry.register(harness.cluster, ["web"]);
    assert.equal(outcome.outcome, "registered");
    const [web] = await known(harness);
    assert.equal(web?.version, "1.1.0");
    assert.ok(web?.items.some(({ ref }) => ref === "web.reload"));
  });

  test("takes nothing out that the files have no more, nor touches other packs", async (harness) => {
    await harness.setFiles([WEB_AFTER]);
    await harness.registry.register(harness.cluster, ["web"]);
    const [web, zip] = await known(harness);
    assert.ok(web?.items.some(({ kind, ref }) => kind === "rule" && ref === "web.nightly"));
    assert.deepEqual(zip, PACKS_BEFORE[1]);
  });

  test("may be asked again", async (harness) => {
    await harness.registry.register(harness.cluster, ["web", "zip"]);
    assert.equal((await harness.registry.register(harness.cluster, ["web", "zip"])).outcome, "registered");
    assert.deepEqual(await known(harness), PACKS_BEFORE);
  });

  test("registers nothing when no pack is named", async (harness) => {
    await harness.setFiles([WEB_AFTER]);
    const outcome = await harness.registry.register(harness.cluster, []);
    assert.deepEqual(outcome, { outcome: "registered", counts: {} });
    assert.deepEqual(await known(harness), PACKS_BEFORE);
  });
}

function removing(open: () => Promise<PackRegistryHarness>): void {
  const test = testsOn(open);

  test("removes one of each kind, and nothing else", async (harness) => {
    const gone = [
      { kind: "action", ref: "web.show" },
      { kind: "alias", ref: "web.show" },
      { kind: "rule", ref: "web.nightly" },
      { kind: "sensor", ref: "web.Queue" },
    ] as const;
    for (const item of gone) {
      assert.deepEqual(await harness.registry.remove(harness.cluster, item), { outcome: "removed" });
    }
    const [web] = await known(harness);
    assert.deepEqual(web?.items, [{ kind: "action", ref: "web.restart" }]);
  });

  test("keeps an alias when the action of its name goes", async (harness) => {
    await harness.registry.remove(harness.cluster, { kind: "action", ref: "web.show" });
    const [web] = await known(harness);
    assert.ok(web?.items.some(({ kind, ref }) => kind === "alias" && ref === "web.show"));
  });

  test("may be asked again: what is not there is removed", async (harness) => {
    for (const kind of ["action", "alias", "rule", "sensor"] as const) {
      const item = { kind, ref: "web.nothing" };
      assert.deepEqual(await harness.registry.remove(harness.cluster, item), { outcome: "removed" });
    }
  });
}

const SOUND = "version: 1.0\ntasks:\n  one:\n    action: core.noop\n";

function failing(open: () => Promise<PackRegistryHarness>): void {
  const test = testsOn(open);

  test("fails on a pack that cannot be registered, and names it", async (harness) => {
    await harness.spoil("zip");
    const outcome = await harness.registry.register(harness.cluster, ["web", "zip"]);
    assert.ok(outcome.outcome === "failed" && outcome.pack === "zip", JSON.stringify(outcome));
    assert.notEqual(outcome.message, "");
  });

  test("fails on a pack whose files are not there", async (harness) => {
    await harness.setFiles([WEB_AFTER]);
    const outcome = await harness.registry.register(harness.cluster, ["zip"]);
    assert.ok(outcome.outcome === "failed" && outcome.pack === "zip", JSON.stringify(outcome));
  });

  test("leaves it open while nothing can be reached", async (harness) => {
    const { registry, cluster } = harness;
    await harness.setDown(true);
    assert.equal((await registry.register(cluster, ["web"])).outcome, "open");
    assert.equal((await registry.remove(cluster, { kind: "action", ref: "web.show" })).outcome, "open");
    assert.equal((await registry.remove(cluster, { kind: "sensor", ref: "web.Queue" })).outcome, "open");
    await assert.rejects(registry.registered(cluster), { name: "ChatOpsError", retryable: true });
    await assert.rejects(registry.inspect(cluster, SOUND), { name: "ChatOpsError", retryable: true });
    await harness.setDown(false);
    assert.deepEqual(await known(harness), PACKS_BEFORE);
  });

  test("finds nothing in a sound workflow, and says what is wrong in another", async (harness) => {
    const { registry, cluster } = harness;
    assert.deepEqual(await registry.inspect(cluster, SOUND), []);
    const found = await registry.inspect(cluster, "version: 1.0\n");
    assert.match(found.map(({ message }) => message).join(), /'tasks' is a required property/);
  });
}
