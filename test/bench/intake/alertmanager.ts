import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../support/free-port.ts";
import { load } from "./load.ts";
import { alertmanagerPosts } from "./posts.ts";

/** Debian's program. */
const PATH = "/usr/bin/prometheus-alertmanager";

/** A running Alertmanager that delivers each alert by itself to a webhook that only counts. */
export interface AlertmanagerRun {
  pid: number;
  /** Alerts delivered a second while it is given alerts for so long, `size` of them with each POST. */
  deliveredPerSecond(durationMs: number, size: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it in a folder; null when it is not installed. */
export async function startAlertmanager(folder: string): Promise<AlertmanagerRun | null> {
  if (!existsSync(PATH)) return null;
  const received = { alerts: 0 };
  const webhook = countingWebhook(received);
  await once(webhook.listen(0, "127.0.0.1"), "listening");
  const port = await freePort();
  mkdirSync(join(folder, "data"), { recursive: true });
  const config = join(folder, "alertmanager.yml");
  writeFileSync(config, configFor(`http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`));
  const child = spawn(PATH, argsFor({ folder, config, port }), { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  return {
    pid: child.pid ?? 0,
    deliveredPerSecond: async (durationMs, size) => {
      const before = received.alerts;
      const [next, connections] = [alertmanagerPosts(size), size === 1 ? 32 : 2];
      await load({ url, next, connections, durationMs, accepts: 200 });
      return ((received.alerts - before) * 1000) / durationMs;
    },
    stop: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
      webhook.closeAllConnections();
      webhook.close();
    },
  };
}

function countingWebhook(received: { alerts: number }) {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as { alerts: unknown[] };
      received.alerts += alerts.length;
      response.end();
    });
  });
}

/** Each alert is a group of its own and goes out at once. JSON is YAML. */
function configFor(url: string): string {
  return JSON.stringify({
    route: { receiver: "count", group_by: ["..."], group_wait: "0s", group_interval: "5m" },
    receivers: [{ name: "count", webhook_configs: [{ url, send_resolved: false }] }],
  });
}

function argsFor({ folder, config, port }: { folder: string; config: string; port: number }): string[] {
  return [
    `--config.file=${config}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
    "--log.level=error",
  ];
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answers = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (answers) return;
    await pause(100);
  }
  throw new Error("Alertmanager did not become ready");
}
