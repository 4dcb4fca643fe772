import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { cardsOf, openCard } from "../support/world.ts";
import { ALERTMANAGER, archivedEvents, type Monitored, monitored, takes, taskCount } from "./alertmanager.ts";
import { type Program, startProgram } from "./program.ts";

const PROMETHEUS = "/usr/bin/prometheus";
const MISSING = [PROMETHEUS, ALERTMANAGER].filter((path) => !existsSync(path));

/** The disk rule over a metric of Prometheus itself, whose value is 1: as many percent as are said. */
function writeRule(folder: string, percent: number): void {
  const rule = {
    alert: "NodeFilesystemAlmostOutOfSpace",
    expr: `prometheus_build_info * ${percent} > 85`,
    labels: { severity: "critical", env: "prod", hostname: "vm-shop-db-03", job: "shop", mountpoint: "/" },
    annotations: { summary: "磁盘将满：{{ $value }}%", usage: "{{ $value }}" },
  };
  writeFileSync(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "disks", rules: [rule] }] }));
}

function startPrometheus(
  t: Parameters<typeof startProgram>[0],
  { alertmanager }: Monitored,
): Promise<Program> {
  return startProgram(t, {
    path: PROMETHEUS,
    argsFor: ({ folder, port }) => {
      const scraped = [{ job_name: "self", static_configs: [{ targets: [`127.0.0.1:${port}`] }] }];
      const alertmanagers = [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }];
      const config = {
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        ...{ rule_files: ["rules.yml"], scrape_configs: scraped, alerting: { alertmanagers } },
      };
      writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
      writeRule(folder, 91);
      return [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        ...["--web.enable-lifecycle", "--rules.alert.resend-delay=1s"],
      ];
    },
  });
}

describe("a real Prometheus", { skip: MISSING.length > 0 && `${MISSING.join(", ")} is missing` }, () => {
  test("evaluates a rule over its own metrics: one event and task while it holds, and a recovery after", async (t) => {
    const around = await monitored(t);
    const { world } = around;
    const prometheus = await startPrometheus(t, around);
    await takes(around, "new", 1);
    await openCard(world, "磁盘清理");
    await takes(around, "duplicate", 2);

    writeRule(prometheus.folder, 10);
    assert.ok((await fetch(`${prometheus.url}/-/reload`, { method: "POST" })).ok);
    await takes(around, "recovery", 1);

    assert.equal(cardsOf(world, "zhangsan", "磁盘清理").length, 1);
    const [fired, recovered, ...more] = await archivedEvents(around);
    assert.ok(fired && recovered);
    assert.deepEqual(more, []);
    assert.deepEqual([fired.status, recovered.status], ["firing", "resolved"]);
    assert.deepEqual(
      [fired.type, fired.subject, fired.severity],
      ["vm.disk.usage", "vm-shop-db-03", "critical"],
    );
    assert.deepEqual([fired.title, fired.detail["usage"]], ["磁盘将满：91%", 91]);
    assert.equal(recovered.incident, fired.incident);
    assert.equal(recovered.time, fired.time);
    assert.ok(recovered.endsAt !== undefined && recovered.endsAt > fired.time);
    assert.equal(await taskCount(around), 1);
  });
});
