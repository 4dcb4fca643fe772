import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cronFault } from "../../../adapters/cron/index.ts";
import { approvePolicy, formatProblems, type Home, loadHome } from "../../../adapters/files/index.ts";
import { sourceKinds } from "../../../adapters/sources/index.ts";
import { allowedClusters } from "../../../core/clusters/index.ts";
import { compileEventTypes, compileSource, normalise } from "../../../core/events/index.ts";
import { compileTemplate } from "../../../core/params/index.ts";
import { policyFault } from "../../../core/policies/index.ts";
import { compileRule, failedFeature } from "../../../core/rules/index.ts";

const HOME = fileURLToPath(new URL("../../../fixtures/home", import.meta.url));
const EVENTS = new URL("../../../fixtures/events/", import.meta.url);
const NOW_MS = Date.UTC(2026, 10, 20);
const RECEIVED = new Date(NOW_MS).toISOString();
const ENV = { HZ_ST2_API: "http://127.0.0.1:9101/api", HZ_ST2_KEY: "k", PROMETHEUS_HOOK_TOKEN: "t" };

const POLICY_FILE = join(HOME, "policies", "read-only.yaml");

/** Reads the sample home's files as they are after `whale policies approve read-only`. */
async function readApproved(path: string): Promise<Buffer> {
  const bytes = readFileSync(path);
  if (path !== POLICY_FILE) return bytes;
  const now = new Date(NOW_MS);
  const approved = approvePolicy({ file: path, text: bytes.toString("utf8"), by: "wangwu", now });
  return Buffer.from(approved.outcome === "approved" ? approved.text : formatProblems(approved.problems));
}

const LOADING = { dir: HOME, env: ENV, nowMs: NOW_MS, kinds: Object.keys(sourceKinds), cronFault };

async function sampleHome(): Promise<Home> {
  const loading = await loadHome({ ...LOADING, readFile: readApproved });
  if (loading.outcome === "refused") throw new Error(formatProblems(loading.problems));
  return loading.home;
}

/** What the sample home makes of a sample body: its first event. */
async function eventOf(sourceName: string, file: string) {
  const home = await sampleHome();
  const types = compileEventTypes(home.eventTypes);
  assert.equal(types.outcome, "compiled");
  const declared = home.sources.find(({ name }) => name === sourceName);
  assert.ok(declared && types.outcome === "compiled");
  const source = compileSource(declared, types.registry);
  const body = readFileSync(new URL(file, EVENTS));
  const reading = sourceKinds[declared.kind]?.read({
    ...{ body, contentType: "application/json", query: {}, headers: {}, zone: "Asia/Shanghai" },
  });
  assert.ok(reading?.outcome === "read" && reading.occurrences[0] && source.outcome === "compiled");
  const facts = { receivedAt: RECEIVED, rawRef: "sha256:0", freshId: "e_0" };
  const normalised = normalise(reading.occurrences[0], source.source, types.registry, facts);
  assert.ok(normalised.outcome === "accepted");
  return { home, event: normalised.draft.event };
}

function compiledRule(home: Home, id: string) {
  const rule = home.rules.find((candidate) => candidate.id === id);
  assert.ok(rule);
  const compiled = compileRule(rule);
  assert.ok(compiled.outcome === "compiled");
  return compiled.rule;
}

function textOf(template: string, scope: Record<string, unknown>): string {
  const compiled = compileTemplate(template);
  assert.ok(compiled.outcome === "compiled");
  const rendered = compiled.template.renderText(scope);
  return rendered.outcome === "rendered" ? rendered.value : `failed: ${rendered.message}`;
}

test("loads the sample home without a problem", async () => {
  const home = await sampleHome();
  const sources = [...Object.keys(sourceKinds), "prometheus"].sort();
  assert.deepEqual(home.sources.map(({ name }) => name).sort(), sources);
  assert.deepEqual(home.rules.map(({ id }) => id).sort(), ["dmesg", "opsst2-stone", "vm-disk-cleanup"]);
  assert.deepEqual(
    home.rosters.map(({ kind, name }) => [kind, name]),
    [["calendar", "dba-primary"]],
  );
  for (const { business } of home.rules)
    assert.deepEqual(allowedClusters(home.clusters, business), ["hz-core"]);
});

test("has one open source for each kind, named as the kind", async () => {
  const { sources } = await sampleHome();
  for (const kind of Object.keys(sourceKinds)) {
    const source = sources.find(({ name }) => name === kind);
    assert.deepEqual([source?.kind, source?.auth], [kind, { kind: "none" }]);
  }
});

test("takes the token of the guarded source from the environment and refuses to do without", async () => {
  const { sources } = await sampleHome();
  const guarded = sources.find(({ name }) => name === "prometheus");
  assert.deepEqual(guarded?.auth, { kind: "bearer", token: "t" });
  const { PROMETHEUS_HOOK_TOKEN: _, ...env } = ENV;
  const loading = await loadHome({ ...LOADING, env, readFile: readApproved });
  assert.match(
    loading.outcome === "refused" ? formatProblems(loading.problems) : "",
    /^sources\/prometheus\.yaml:\d+:\d+ auth\.bearer = .*PROMETHEUS_HOOK_TOKEN 没有设置/,
  );
});

test("asks for nothing but the approval of its policy, at whatever time it is copied", async () => {
  const asked =
    /^(rules\/(dmesg|vm-disk-cleanup)\.yaml|runs\.yaml):\d+:\d+ \S+policy = \S+ .*whale policies approve/;
  for (const nowMs of [NOW_MS, Date.UTC(2040, 0, 1)]) {
    const loading = await loadHome({ ...LOADING, nowMs });
    const lines = loading.outcome === "refused" ? formatProblems(loading.problems).split("\n") : [];
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, asked);
  }
});

test("lets the offers of its rules run under the read-only policy once a person approved it", async () => {
  const { rules, policies } = await sampleHome();
  const [policy] = policies;
  assert.ok(policy);
  const offers = rules.flatMap((rule) => rule.offers);
  assert.deepEqual(offers.map(({ action }) => action).sort(), ["disk.show", "dmesg.show"]);
  for (const { action } of offers) assert.equal(policyFault(policy, action, NOW_MS), null);
  for (const rule of rules) assert.equal(rule.approval.mode, "people");
});

for (const source of ["alertmanager", "prometheus"]) {
  test(`makes a disk event of the disk alert from ${source} that the disk rule wants`, async () => {
    const { home, event } = await eventOf(source, "alertmanager/firing-vm-disk-full.json");
    assert.equal(event.type, "vm.disk.usage");
    assert.equal(event.subject, "vm-shop-db-03");
    assert.deepEqual(event.violations, []);
    assert.deepEqual(event.detail, {
      host: "vm-shop-db-03",
      app: "node-exporter",
      mount: "/",
      usage: 97.13,
      paths: ["/var/log"],
    });
    assert.equal(failedFeature(compiledRule(home, "vm-disk-cleanup").features, event), null);
  });
}

test("renders the disk rule's parameters, key and short card rows", async () => {
  const { home, event } = await eventOf("alertmanager", "alertmanager/firing-vm-disk-full.json");
  const { rule, params } = compiledRule(home, "vm-disk-cleanup");
  assert.deepEqual(params.render({ ...event }), {
    outcome: "rendered",
    value: { host: "vm-shop-db-03", paths: ["/var/log"], older_than_days: 7, dry_run: false },
  });
  assert.equal(textOf(rule.throttle?.key ?? "", { ...event }), "node-exporter_vm-shop-db-03");
  assert.deepEqual(
    rule.card.rows.map(({ label, value }) => `${label} ${textOf(value, { ...event })}`),
    ["主机 vm-shop-db-03", "挂载点 /", "使用率 97.13%", "将清理 /var/log 下 7 天前的旧日志"],
  );
});

test("renders the disk rule's report from the result of a script run on the host", async () => {
  const { home, event } = await eventOf("alertmanager", "alertmanager/firing-vm-disk-full.json");
  const stdout = { before: { percent: 97 }, after: { percent: 61 }, deleted_count: 8, freed_kb: 2048 };
  const result = { "vm-shop-db-03": { stdout, succeeded: true } };
  const { rule } = compiledRule(home, "vm-disk-cleanup");
  assert.deepEqual(
    rule.report.rows.map(({ label, value }) => `${label} ${textOf(value, { ...event, result })}`),
    ["清理前 97%", "清理后 61%", "已删除 8 个文件", "释放 2048 KB"],
  );
});

test("makes a kernel log event of the OOM alert, with the line for the card", async () => {
  const { home, event } = await eventOf("alertmanager", "alertmanager/firing-dmesg-oom.json");
  assert.equal(event.type, "host.dmesg");
  assert.equal(event.subject, "vm-pay-app-07");
  assert.deepEqual(event.violations, []);
  const { rule, features } = compiledRule(home, "dmesg");
  assert.equal(failedFeature(features, event), null);
  assert.match(textOf(rule.card.text ?? "", { ...event }), /^\[91544\.873301\] Out of memory/);
  const result = { "vm-pay-app-07": { stdout: { cleared_lines: 8 } } };
  assert.equal(textOf(rule.report.rows[0]?.value ?? "", { ...event, result }), "8 行");
});

test("renders the generic example exactly", async () => {
  const { home, event } = await eventOf("generic", "generic/opsst2-stone.json");
  assert.equal(event.type, "opsst2_stone");
  assert.deepEqual(compiledRule(home, "opsst2-stone").params.render({ ...event }), {
    outcome: "rendered",
    value: { messages: ["test1", "test2", "test3"], default1: "ok", default2: [1, 2, 3] },
  });
});

test("keeps the labels of cards and reports within five characters", async () => {
  const { rules } = await sampleHome();
  const labels = rules.flatMap((rule) => [...rule.card.rows, ...rule.report.rows]).map(({ label }) => label);
  assert.deepEqual(
    labels.filter((label) => [...label].length > 5),
    [],
  );
});
