import { events, type SharedBody } from "./shared-body.ts";

const DISK = {
  name: "NodeFilesystemAlmostOutOfSpace",
  severity: "critical",
  subject: "vm-shop-db-03",
  title: "Filesystem has less than 3% space left.",
  incident: "6175709c8139e382",
  time: "2025-06-10T02:14:37.482Z",
};
const KERNEL = {
  name: "HostKernelLogError",
  severity: "critical",
  subject: "vm-shop-db-03",
  status: "firing",
};
const DOWN = { name: "InstanceDown", severity: "critical", status: "firing" };
const CPU = { name: "HostHighCpuLoad", severity: "warning", status: "firing" };
// "ticket": INDEX allows info or warning; warning, since somebody should look.
const AIR = { name: "airDown", severity: "warning", status: "resolved" };
const CRASH = {
  name: "KubePodCrashLooping",
  severity: "warning",
  title: "Pod is crash looping.",
  status: "firing",
};

/** What the folder alertmanager must give. */
export const ALERTMANAGER: readonly SharedBody[] = [
  events("alertmanager/firing-vm-disk-full.json", "alertmanager", { ...DISK, status: "firing" }),
  events("alertmanager/resolved-vm-disk-full.json", "alertmanager", {
    ...DISK,
    endsAt: "2025-06-10T02:41:07.482Z",
    status: "resolved",
  }),
  events("alertmanager/firing-dmesg-oom.json", "alertmanager", {
    name: "HostKernelOomKill",
    severity: "critical",
    subject: "vm-pay-app-07",
    title: "内核日志：vm-pay-app-07 触发 OOM killer",
    incident: "6902bbf145c1ed49",
    time: "2025-06-11T09:03:12Z",
    status: "firing",
  }),
  events(
    "alertmanager/firing-dmesg-ext4-nic-group.json",
    "alertmanager",
    {
      ...KERNEL,
      title: "EXT4 error on vm-shop-db-03 vda1",
      incident: "8d1015521badb7b5",
      time: "2025-06-12T18:20:05.118Z",
    },
    {
      ...KERNEL,
      title: "vm-shop-db-03 vda1 remounted read-only",
      incident: "49f56b6cf2401b22",
      time: "2025-06-12T18:20:05.118Z",
    },
    {
      ...KERNEL,
      severity: "warning",
      subject: "bm-store-12",
      title: "NIC reset on bm-store-12 eth0",
      incident: "8662d6fcf8318830",
      time: "2025-06-12T18:19:50.118Z",
    },
  ),
  events(
    "alertmanager/firing-group-two-instances.json",
    "alertmanager",
    {
      ...DOWN,
      subject: "127.0.0.1",
      title: "Instance 127.0.0.1:9090 down",
      incident: "791cec13fcba0368",
      time: "2020-08-08T14:32:08.326990857Z",
    },
    {
      ...DOWN,
      subject: "localhost",
      title: "Instance localhost:9090 down",
      incident: "8df98227bdd81384",
      time: "2020-08-08T02:21:08.326990857Z",
    },
  ),
  events(
    "alertmanager/group-mixed-firing-resolved.json",
    "alertmanager",
    {
      ...CPU,
      subject: "vm-pay-app-07",
      title: "CPU load > 90% on vm-pay-app-07",
      incident: "0583957ac3a1504c",
      time: "2025-06-10T06:00:15Z",
    },
    {
      ...CPU,
      subject: "vm-pay-app-08",
      title: "CPU load > 90% on vm-pay-app-08",
      incident: "dc7684a67a719ff2",
      time: "2025-06-10T06:04:15Z",
    },
    {
      ...CPU,
      subject: "vm-pay-app-09",
      title: "CPU load > 90% on vm-pay-app-09",
      incident: "b9cc11c2d366fb54",
      time: "2025-06-10T05:48:15Z",
      endsAt: "2025-06-10T06:03:30Z",
      status: "resolved",
    },
  ),
  events(
    "alertmanager/resolved-two-instances.json",
    "alertmanager",
    {
      ...AIR,
      subject: "instance1",
      title: "service /prometheus air down on instance1",
      incident: "66214a361160fb6f",
      time: "2017-05-15T13:49:37.834Z",
      endsAt: "2017-05-15T13:50:37.835Z",
    },
    {
      ...AIR,
      subject: "instance2",
      title: "service /prometheus air down on instance2",
      incident: "25a874c99325d1ce",
      time: "2017-05-15T11:47:37.834Z",
      endsAt: "2017-05-15T11:48:37.834Z",
    },
  ),
  // INDEX allows none or info for the heartbeat's level. That it opens no incident is up to the rules.
  events("alertmanager/watchdog-severity-none.json", "alertmanager", {
    name: "Watchdog",
    severity: "info",
    subject: "",
    title: "An alert that should always be firing to certify that Alertmanager is working properly.",
    incident: "e1749c6acab64267",
    time: "2025-05-30T00:00:41.22Z",
    status: "firing",
  }),
  events(
    "alertmanager/k8s-crashloop-truncated.json",
    "alertmanager",
    {
      ...CRASH,
      subject: "hz-prod-1 shop/cart-7c9d8b6f5d-2xk4q",
      incident: "982e28f6d9f334be",
      time: "2025-06-12T11:00:02.5Z",
    },
    {
      ...CRASH,
      subject: "hz-prod-1 shop/order-66b7c5d9f8-lm2zt",
      incident: "96ddc94ee1be68f6",
      time: "2025-06-12T11:01:02.5Z",
    },
    {
      ...CRASH,
      subject: "hz-prod-1 pay/ledger-0",
      incident: "06bfe013b2ebec1f",
      time: "2025-06-12T11:02:02.5Z",
    },
  ),
];
