import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { createPackRegistry } from "../../../adapters/stackstorm/index.ts";
import type { RegisteredPack } from "../../../core/ports/index.ts";
import type { ContentKind } from "../../../core/releases/index.ts";
import { startStackStormSimulator } from "../../../fixtures/simulators/stackstorm/index.ts";
import { PACKS_BEFORE, packRegistryContract } from "../../contract/pack-registry.ts";
import { movableClock } from "../../support/clock.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { API_KEY, aCluster, countedMetrics, fakeSt2, type Reply, type Seen } from "./support.ts";

const SAMPLE = join(import.meta.dirname, "../../../fixtures/packs");

const FILES: Readonly<Record<ContentKind, (name: string, pack: string) => [file: string, text: string]>> = {
  action: (name) => [`actions/${name}.yaml`, `name: ${name}\nrunner_type: noop\n`],
  alias: (name, pack) => [
    `aliases/${name}.yaml`,
    `name: ${name}\naction_ref: ${pack}.show\nformats: [show]\n`,
  ],
  rule: (name) => [
    `rules/${name}.yaml`,
    `name: ${name}\ntrigger: { type: core.st2.CronTimer }\naction: { ref: core.noop }\n`,
  ],
  sensor: (name) => [
    `sensors/${name}.yaml`,
    `class_name: ${name}\nentry_point: queue.py\ntrigger_types: []\n`,
  ],
};

/** Writes packs as their folders look, in the place of those with their names. */
function writePacks(dir: string, packs: readonly RegisteredPack[]): void {
  for (const { ref: pack, version, items } of packs) {
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(dir, pack, file)), { recursive: true });
      writeFileSync(join(dir, pack, file), text);
    };
    put("pack.yaml", `ref: ${pack}\nname: ${pack}\nversion: ${version}\n`);
    for (const { kind, ref } of items) put(...FILES[kind](ref.slice(pack.length + 1), pack));
  }
}

async function open() {
  const packsDir = mkdtempSync(join(tmpdir(), "whale-packs-"));
  cpSync(join(SAMPLE, "core"), join(packsDir, "core"), { recursive: true });
  writePacks(packsDir, PACKS_BEFORE);
  const simulator = await startStackStormSimulator({ packsDir, vmsDir: packsDir, apiKey: API_KEY });
  const registry = createPackRegistry({
    ...{ clusters: [aCluster(simulator.url)], clock: movableClock(), log: silentLog },
    metrics: countedMetrics(),
  });
  return {
    ...{ simulator, registry, cluster: "hz", packsDir },
    setFiles: async (packs: readonly RegisteredPack[]) => {
      for (const { ref } of PACKS_BEFORE) rmSync(join(packsDir, ref), { recursive: true, force: true });
      writePacks(packsDir, packs);
    },
    spoil: (pack: string) => simulator.faults.set({ failRegister: [pack] }),
    setDown: (isDown: boolean) => simulator.faults.set({ down: isDown ? "refuse" : "no" }),
    close: async () => {
      registry.close();
      await simulator.close();
      rmSync(packsDir, { recursive: true, force: true });
    },
  };
}

packRegistryContract("StackStorm", open);

test("reads more packs and actions than one page holds", async (t) => {
  const sim = await open();
  t.after(sim.close);
  const many = Array.from({ length: 120 }, (_, n) => `p${String(n).padStart(3, "0")}`);
  const items = many.map((name) => ({ kind: "action" as const, ref: `big.${name}` }));
  writePacks(sim.packsDir, [
    ...many.map((ref) => ({ ref, version: "1.0.0", items: [] })),
    { ref: "big", version: "1.0.0", items },
  ]);
  await sim.registry.register("hz", [...many, "big"]);
  await sim.simulator.faults.set({ maxPageSize: 100 });
  const all = await sim.registry.registered("hz");
  assert.equal(all.length, 120 + 4);
  assert.equal(all.find(({ ref }) => ref === "big")?.items.length, 120);
});

test("refuses to remove what belongs to the engine itself", async (t) => {
  const sim = await open();
  t.after(sim.close);
  const outcome = await sim.registry.remove("hz", { kind: "action", ref: "core.noop" });
  assert.ok(outcome.outcome === "refused" && /system level packs/.test(outcome.message));
});

test("leaves a registration open that was cut, or that the engine cannot say anything of", async (t) => {
  const sim = await open();
  t.after(sim.close);
  const page = { answerFaultMethods: ["POST"] };
  for (const fault of [
    { dropRegisters: 1 },
    { error500Registers: 1 },
    { answer502Html: 1, ...page },
    { html413: 1, ...page },
  ]) {
    await sim.simulator.faults.set(fault);
    assert.equal((await sim.registry.register("hz", ["web"])).outcome, "open", JSON.stringify(fault));
  }
  assert.equal((await sim.registry.register("hz", ["web"])).outcome, "registered");
});

test("gives a registration its own time", async (t) => {
  const sim = await open();
  t.after(sim.close);
  await sim.simulator.faults.set({ slowMs: 150 });
  const parts = {
    clusters: [aCluster(sim.simulator.url)],
    clock: movableClock(),
    log: silentLog,
    metrics: countedMetrics(),
  };
  const patient = createPackRegistry({
    ...parts,
    options: { requestTimeoutMs: 50, registerTimeoutMs: 5_000 },
  });
  t.after(patient.close);
  assert.equal((await patient.register("hz", ["web"])).outcome, "registered");
  await assert.rejects(patient.registered("hz", ["web"]), { code: "stackstorm.timeout" });
});

function registryOf(t: TestContext, origin: string) {
  const log = recordingLog();
  const clusters = [aCluster(origin)];
  const registry = createPackRegistry({ clusters, clock: movableClock(), log, metrics: countedMetrics() });
  t.after(registry.close);
  return { registry, log };
}

/** What an engine answers to everything, and what a registration and a removal come out as. */
const ANSWERS: readonly [Reply, "registered" | "failed" | "open", "removed" | "refused" | "open"][] = [
  [{ status: 200, body: { actions: 2, odd: "x" } }, "registered", "removed"],
  [{ status: 200, body: { faultstring: "not really" } }, "failed", "refused"],
  [{ status: 400, body: { faultstring: "bad" } }, "failed", "refused"],
  [{ status: 401, body: { faultstring: "Unauthorized" } }, "open", "open"],
  [{ status: 403, body: { faultstring: "no right" } }, "failed", "refused"],
  [{ status: 404, body: { faultstring: "unknown" } }, "failed", "removed"],
  [{ status: 404, body: "<html>gone</html>" }, "open", "open"],
  [{ status: 503, body: { faultstring: "nginx" } }, "open", "open"],
];

for (const [reply, registers, removes] of ANSWERS) {
  test(`takes ${reply.status} ${JSON.stringify(reply.body)} for ${registers} and ${removes}`, async (t) => {
    const { origin } = await fakeSt2(t, () => reply);
    const { registry } = registryOf(t, origin);
    assert.equal((await registry.register("hz", ["web"])).outcome, registers);
    assert.equal((await registry.remove("hz", { kind: "rule", ref: "web.x" })).outcome, removes);
  });
}

test("cannot read lists that are none, nor a pack that is another", async (t) => {
  const lies: readonly unknown[] = [{}, [{ name: 7 }], [{ ref: "nodot" }]];
  for (const body of lies) {
    const { origin } = await fakeSt2(t, ({ url }: Seen) =>
      url.pathname.endsWith("/packs") ? { status: 200, body: [] } : { status: 200, body },
    );
    const { registry } = registryOf(t, origin);
    await assert.rejects(registry.registered("hz"), { code: "stackstorm.bad_answer" });
    await assert.rejects(registry.registered("hz", ["web"]), { code: "stackstorm.bad_answer" });
  }
});

test("repeats no credential that an engine sends back", async (t) => {
  const { origin } = await fakeSt2(t, ({ headers }: Seen) => ({
    status: 400,
    body: { faultstring: `you sent ${headers["st2-api-key"]}` },
  }));
  const { registry, log } = registryOf(t, origin);
  const said = await Promise.allSettled([
    registry.registered("hz"),
    registry.registered("hz", ["web"]),
    registry.register("hz", ["web"]),
    registry.remove("hz", { kind: "action", ref: "a.b" }),
    registry.remove("hz", { kind: "sensor", ref: "a.b" }),
    registry.inspect("hz", "x"),
  ]);
  assertLeaksNoSecret([API_KEY], [said, log.lines]);
});
