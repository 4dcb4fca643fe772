import { createHmac, hash } from "node:crypto";
import { HOOK_TOKEN } from "../e2e/load.ts";

/** Makes the bytes of one request after another; no two bodies are the same. */
export type NextPost = () => Buffer;

/** Alerts that the benchmark's rule looks at and does not take: their usage is low. */
function alertOf(no: number, startsAt: string) {
  const hostname = `vm-shop-${String(no).padStart(7, "0")}`;
  const labels = {
    alertname: "NodeFilesystemAlmostOutOfSpace",
    device: "/dev/vda1",
    env: "prod",
    fstype: "ext4",
    hostname,
    instance: `${hostname}:9100`,
    job: "node-exporter",
    mountpoint: "/",
    severity: "warning",
  };
  const annotations = {
    summary: `磁盘将满：${hostname} 的 / 只剩不到 20%`,
    description: `${hostname} 上 / 已用 80.13%，请值班同学处理`,
    usage: "80.13",
  };
  const fingerprint = hash("sha256", String(no)).slice(0, 16);
  return { status: "firing", labels, annotations, startsAt, endsAt: "0001-01-01T00:00:00Z", fingerprint };
}

/** Alertmanager's body with so many alerts, each of a machine of its own. */
export function bodyOf(first: number, size: number): string {
  const startsAt = new Date().toISOString();
  const alerts = Array.from({ length: size }, (_, i) => alertOf(first + i, startsAt));
  const { labels } = alerts[0] ?? alertOf(first, startsAt);
  return JSON.stringify({
    receiver: "whale",
    status: "firing",
    alerts,
    groupLabels: { alertname: labels.alertname, env: labels.env },
    commonLabels: size === 1 ? labels : { alertname: labels.alertname },
    commonAnnotations: {},
    version: "4",
    groupKey: `{}:{alertname="${labels.alertname}"}`,
    truncatedAlerts: 0,
  });
}

/** Numbers that no other request of the run has. */
let used = 0;

/** Signed POSTs with `size` alerts each, as whole HTTP requests. */
export function signedPosts(path: string, size: number): NextPost {
  return () => {
    used += size;
    const body = Buffer.from(bodyOf(used, size));
    const stamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", HOOK_TOKEN).update(`${stamp}.`).update(body).digest("hex");
    const head = [
      `POST ${path} HTTP/1.1`,
      "Host: whale",
      "Content-Type: application/json",
      `X-Whale-Timestamp: ${stamp}`,
      `X-Whale-Signature: ${signature}`,
      `Content-Length: ${body.length}`,
      "",
      "",
    ];
    return Buffer.concat([Buffer.from(head.join("\r\n")), body]);
  };
}

/** POSTs of `size` alerts each to Alertmanager's own interface, as whole HTTP requests. */
export function alertmanagerPosts(size: number): NextPost {
  return () => {
    const first = used + 1;
    used += size;
    const now = new Date().toISOString();
    const alerts = Array.from({ length: size }, (_, i) => alertOf(first + i, now));
    const own = alerts.map(({ labels, annotations, startsAt }) => ({ labels, annotations, startsAt }));
    const body = Buffer.from(JSON.stringify(own));
    const head = [
      "POST /api/v2/alerts HTTP/1.1",
      "Host: alertmanager",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "",
      "",
    ];
    return Buffer.concat([Buffer.from(head.join("\r\n")), body]);
  };
}

/**
 * The same requests, so many of them made beforehand: what it costs to make one must not be taken from the
 * processor while a server is measured on it.
 */
export function stocked(next: NextPost, count: number): NextPost {
  const stock = Array.from({ length: count }, next).reverse();
  return () => stock.pop() ?? next();
}
