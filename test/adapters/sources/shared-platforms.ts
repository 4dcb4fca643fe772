import { events, type SharedBody } from "./shared-body.ts";

const STRATEGY = {
  name: "BlueKing strategy 318 (磁盘使用率)",
  severity: "critical",
  subject: "10.20.3.17",
  incident: "1749521640318812",
  time: "2025-06-10T02:14:00Z",
};

/** What the folder blueking must give. */
export const BLUEKING: readonly SharedBody[] = [
  events("blueking/monitor-callback-anomaly.json", "blueking", {
    ...STRATEGY,
    title: "磁盘使用率: avg(磁盘空间使用率) >= 95.0%, 当前值97.13%",
    status: "firing",
  }),
  events("blueking/monitor-callback-recovery.json", "blueking", {
    ...STRATEGY,
    title: "磁盘使用率",
    endsAt: "2025-06-10T02:41:00Z",
    status: "resolved",
  }),
  events("blueking/fta-rest-push.json", "blueking", {
    name: "api_default",
    severity: "critical",
    subject: "10.0.0.1",
    title: "FAILURE for production/HTTP on machine 10.0.0.1",
    incident: "123456",
    time: "2017-04-06T08:50:00Z",
    status: "firing",
  }),
  events("blueking/fta-zabbix-push.json", "blueking", {
    name: "Zabbix agent is not available (for 3m)",
    severity: "warning",
    subject: "vm-pay-app-07",
    title: "Zabbix agent is not available (for 3m)",
    incident: "zabbix-event-1843102",
    time: "2025-06-10T02:20:00Z",
    status: "firing",
  }),
];

/** What the folder kubernetes must give. */
export const KUBERNETES: readonly SharedBody[] = [
  // Of "firing / one-shot" and "none (point event)": a point. What befell a node has no end.
  events("kubernetes/event-oomkilling-node.json", "kubernetes", {
    name: "k8s OOMKilling",
    severity: "warning",
    subject: "node-hz-05",
    title:
      "OOMKilling: Out of memory: Killed process 21873 (java) total-vm:9876544kB, anon-rss:6233148kB, file-rss:0kB",
    incident: "hz-prod-1/Node/node-hz-05/OOMKilling",
    time: "2025-06-11T09:03:12Z",
    status: "point",
  }),
  // Of the two keys the event's uid, which INDEX names first.
  events("kubernetes/event-exporter-failedscheduling.json", "kubernetes", {
    name: "k8s FailedScheduling",
    severity: "warning",
    subject: "hz-prod-1 shop/order-66b7c5d9f8-lm2zt",
    title:
      "FailedScheduling: 0/12 nodes are available: 3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 9 Insufficient memory. preemption: 0/12 nodes are available.",
    incident: "9d1f3a52-0000-4000-8000-3c2b1a000002",
    time: "2025-06-12T11:01:00Z",
    status: "firing",
  }),
];

// INDEX gives source and id as key, and host and alert for the incident: the first recognises the delivery.
// Of "type or data.alertname" the name is the type.
const DISK_FULL = {
  name: "com.example.alert.firing",
  severity: "critical",
  subject: "vm-shop-db-03",
  title: "磁盘 / 使用率 97.13%",
  incident: "vm-shop-db-03|DiskFull",
  status: "firing",
};

/** What the folder cloudevents must give. */
export const CLOUDEVENTS: readonly SharedBody[] = [
  events("cloudevents/structured-alert.json", "cloudevents", {
    ...DISK_FULL,
    time: "2025-06-10T02:14:37.482Z",
  }),
  events("cloudevents/binary-alert.json", "cloudevents", { ...DISK_FULL, time: "2025-06-10T02:14:37.482Z" }),
  events(
    "cloudevents/batch-two.json",
    "cloudevents",
    { ...DISK_FULL, time: "2025-06-10T02:14:37Z" },
    {
      name: "com.example.alert.resolved",
      severity: "warning",
      subject: "vm-pay-app-07",
      title: "CPU back to normal",
      incident: "vm-pay-app-07|CpuHigh",
      time: "2025-06-10T02:05:00Z",
      endsAt: "2025-06-10T02:15:00Z",
      status: "resolved",
    },
  ),
];

/** What the folder generic must give. */
export const GENERIC: readonly SharedBody[] = [
  // The key is a hash over type and detail.
  events("generic/opsst2_stone.json", "generic", {
    name: "opsst2_stone",
    severity: "unknown",
    subject: "",
    title: "opsst2_stone: test1, test2, test3",
    incident: "a hash",
    status: "firing",
  }),
];
