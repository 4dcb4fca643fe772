import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openArchive } from "../../adapters/sqlite/archive/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { freePort } from "../support/free-port.ts";
import { silentLog } from "../support/log.ts";
import { HOOK_TOKEN, metric, openWorld, until, type World } from "../support/world.ts";
import { PATIENCE_MS, type Program, startProgram } from "./program.ts";

export const ALERTMANAGER = "/usr/bin/prometheus-alertmanager";

/** A real Alertmanager that sends to Whale's source `prometheus` with its token. */
export interface Monitored {
  world: World & { patienceMs: number };
  alertmanager: Program;
}

/** Whale at an address that stays when it is started again, and an Alertmanager that calls it. */
export async function monitored(t: TestContext): Promise<Monitored> {
  const port = await freePort();
  const world = Object.assign(await openWorld(t, { env: { PORT: String(port) } }), {
    patienceMs: PATIENCE_MS,
  });
  const alertmanager = await startProgram(t, {
    path: ALERTMANAGER,
    argsFor: ({ folder, port: own }) => {
      writeFileSync(join(folder, "alertmanager.yml"), configFor(`http://127.0.0.1:${port}/hooks/prometheus`));
      return [
        `--config.file=${join(folder, "alertmanager.yml")}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${own}`,
        "--cluster.listen-address=",
      ];
    },
  });
  return { world, alertmanager };
}

/** Short intervals; a repeat comes with every round of its group. JSON is YAML. */
function configFor(url: string): string {
  const authorization = { type: "Bearer", credentials: HOOK_TOKEN };
  const webhook = { url, send_resolved: true, http_config: { authorization } };
  return JSON.stringify({
    route: {
      ...{ receiver: "whale", group_by: ["alertname"] },
      ...{ group_wait: "500ms", group_interval: "1s", repeat_interval: "1s" },
    },
    receivers: [{ name: "whale", webhook_configs: [webhook] }],
  });
}

/** An alert as Prometheus posts it. */
export interface PostedAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt?: string;
}

/** An alert of the sample home's disk rule, about one machine. */
export function diskAlert(hostname: string): PostedAlert {
  return {
    labels: {
      ...{ alertname: "NodeFilesystemAlmostOutOfSpace", severity: "critical", env: "prod", hostname },
      ...{ instance: "10.0.0.1:9100", job: "shop", mountpoint: "/" },
    },
    annotations: { summary: `磁盘将满：${hostname}`, usage: "91.5" },
    startsAt: new Date().toISOString(),
  };
}

/** Gives alerts to Alertmanager by its API. */
export async function alert({ alertmanager }: Monitored, ...alerts: readonly PostedAlert[]): Promise<void> {
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    ...{ method: "POST", body: JSON.stringify(alerts), headers: { "content-type": "application/json" } },
  });
  if (!answer.ok) throw new Error(`Alertmanager: ${answer.status} ${await answer.text()}`);
}

/** The same alert, over now. */
export function ended(alert: PostedAlert): PostedAlert {
  return { ...alert, endsAt: new Date().toISOString() };
}

/** How many of the source's events had this outcome since Whale was started. */
export function taken({ world }: Monitored, outcome: string): Promise<number> {
  return metric(world, "whale_events_total", { source: "prometheus", outcome });
}

/** Waits until this many events have had this outcome. */
export async function takes(around: Monitored, outcome: string, count: number): Promise<void> {
  await until(around.world, `${count} × ${outcome}`, async () => (await taken(around, outcome)) >= count);
}

/** Ends Whale once everything is archived; every event of the source, oldest first. */
export async function archivedEvents({ world }: Monitored): Promise<WhaleEvent[]> {
  await until(world, "the archive to have caught up", async () => {
    const ready = await fetch(`${world.url()}/readyz`);
    const { behind } = (await ready.json()) as { behind?: { archive: number; rules: number } };
    return behind?.archive === 0 && behind.rules === 0;
  });
  await world.stop();
  const archive = await openArchive({ dataDir: join(world.home, "data"), log: silentLog });
  const { events } = await archive.search({ source: ["prometheus"], limit: 200 });
  await archive.close();
  return events.reverse();
}

/** How many tasks there are, whatever their states. */
export async function taskCount({ world }: Monitored): Promise<number> {
  const counts = await world.stored((store) => store.tasks.countByState());
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
