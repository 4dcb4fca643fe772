import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { labelFingerprint } from "../../../adapters/sources/fingerprint.ts";
import { occurrencesOf } from "./deliver.ts";

// Bodies that belong to other people and are not in this tree: read where they are, skipped with a word where not.
const FOLDER = new URL("../../../../shared/alerts/", import.meta.url);
const MISSING = existsSync(FOLDER) ? false : `${FOLDER.pathname} is not there`;

type Expected = readonly [
  name: string,
  severity: string,
  subject: string,
  title: string,
  incident: string,
  time: string | undefined,
  endsAt: string | undefined,
  status: string,
];

const DISK = [
  "NodeFilesystemAlmostOutOfSpace",
  "critical",
  "vm-shop-db-03",
  "Filesystem has less than 3% space left.",
  "6175709c8139e382",
  "2025-06-10T02:14:37.482Z",
] as const;

const EXPECTED: Readonly<Record<string, readonly Expected[]>> = {
  "alertmanager/firing-vm-disk-full.json": [[...DISK, undefined, "firing"]],
  "alertmanager/resolved-vm-disk-full.json": [[...DISK, "2025-06-10T02:41:07.482Z", "resolved"]],
  "alertmanager/firing-dmesg-oom.json": [
    [
      "HostKernelOomKill",
      "critical",
      "vm-pay-app-07",
      "内核日志：vm-pay-app-07 触发 OOM killer",
      "6902bbf145c1ed49",
      "2025-06-11T09:03:12Z",
      undefined,
      "firing",
    ],
  ],
  "alertmanager/firing-dmesg-ext4-nic-group.json": [
    kernelLog("critical", "vm-shop-db-03", "EXT4 error on vm-shop-db-03 vda1", "8d1015521badb7b5", "20:05"),
    kernelLog(
      "critical",
      "vm-shop-db-03",
      "vm-shop-db-03 vda1 remounted read-only",
      "49f56b6cf2401b22",
      "20:05",
    ),
    kernelLog("warning", "bm-store-12", "NIC reset on bm-store-12 eth0", "8662d6fcf8318830", "19:50"),
  ],
  "alertmanager/firing-group-two-instances.json": [
    instanceDown("127.0.0.1", "791cec13fcba0368", "2020-08-08T14:32:08.326990857Z"),
    instanceDown("localhost", "8df98227bdd81384", "2020-08-08T02:21:08.326990857Z"),
  ],
  "alertmanager/group-mixed-firing-resolved.json": [
    cpuLoad("vm-pay-app-07", "0583957ac3a1504c", "2025-06-10T06:00:15Z", undefined),
    cpuLoad("vm-pay-app-08", "dc7684a67a719ff2", "2025-06-10T06:04:15Z", undefined),
    cpuLoad("vm-pay-app-09", "b9cc11c2d366fb54", "2025-06-10T05:48:15Z", "2025-06-10T06:03:30Z"),
  ],
  "alertmanager/resolved-two-instances.json": [
    airDown("instance1", "66214a361160fb6f", "2017-05-15T13:49:37.834Z", "2017-05-15T13:50:37.835Z"),
    airDown("instance2", "25a874c99325d1ce", "2017-05-15T11:47:37.834Z", "2017-05-15T11:48:37.834Z"),
  ],
  "alertmanager/watchdog-severity-none.json": [
    [
      "Watchdog",
      "info",
      "",
      "An alert that should always be firing to certify that Alertmanager is working properly.",
      "e1749c6acab64267",
      "2025-05-30T00:00:41.22Z",
      undefined,
      "firing",
    ],
  ],
  "alertmanager/k8s-crashloop-truncated.json": [
    crashLoop("shop/cart-7c9d8b6f5d-2xk4q", "982e28f6d9f334be", "2025-06-12T11:00:02.5Z"),
    crashLoop("shop/order-66b7c5d9f8-lm2zt", "96ddc94ee1be68f6", "2025-06-12T11:01:02.5Z"),
    crashLoop("pay/ledger-0", "06bfe013b2ebec1f", "2025-06-12T11:02:02.5Z"),
  ],
};

function kernelLog(severity: string, host: string, title: string, key: string, minute: string): Expected {
  const time = `2025-06-12T18:${minute}.118Z`;
  return ["HostKernelLogError", severity, host, title, key, time, undefined, "firing"];
}

function instanceDown(host: string, key: string, time: string): Expected {
  return ["InstanceDown", "critical", host, `Instance ${host}:9090 down`, key, time, undefined, "firing"];
}

function cpuLoad(host: string, key: string, time: string, end: string | undefined): Expected {
  const status = end === undefined ? "firing" : "resolved";
  return ["HostHighCpuLoad", "warning", host, `CPU load > 90% on ${host}`, key, time, end, status];
}

function airDown(host: string, key: string, time: string, end: string): Expected {
  return ["airDown", "warning", host, `service /prometheus air down on ${host}`, key, time, end, "resolved"];
}

function crashLoop(pod: string, key: string, time: string): Expected {
  return [
    "KubePodCrashLooping",
    "warning",
    `hz-prod-1 ${pod}`,
    "Pod is crash looping.",
    key,
    time,
    undefined,
    "firing",
  ];
}

for (const [file, expected] of Object.entries(EXPECTED)) {
  test(`reads the shared body ${file} as its index says`, { skip: MISSING }, () => {
    const occurrences = occurrencesOf("alertmanager", readFileSync(new URL(file, FOLDER)));
    const seen = occurrences.map((o): Expected => {
      return [o.name, o.severity, o.subject, o.title, o.incident, o.time, o.endsAt, o.status];
    });
    assert.deepEqual(seen, expected);
  });

  test(`computes the fingerprints that ${file} carries`, { skip: MISSING }, () => {
    for (const { labels, fingerprint } of occurrencesOf(
      "alertmanager",
      readFileSync(new URL(file, FOLDER)),
    )) {
      assert.equal(labelFingerprint(labels), fingerprint);
    }
  });
}

test("knows every body of the shared Alertmanager folder", { skip: MISSING }, () => {
  const bodies = readdirSync(new URL("alertmanager/", FOLDER)).filter((name) => !name.includes(".headers."));
  assert.deepEqual(
    bodies.map((name) => `alertmanager/${name}`),
    Object.keys(EXPECTED).sort(),
  );
});

test("reads the owner's generic example", { skip: MISSING }, () => {
  const [event] = occurrencesOf("generic", readFileSync(new URL("generic/opsst2_stone.json", FOLDER)));
  assert.equal(event?.declaredType, "opsst2_stone");
  assert.equal(event?.title, "opsst2_stone: test1, test2, test3");
  assert.deepEqual(event?.detail, { msg: ["test1", "test2", "test3"], code: "1" });
  assert.deepEqual(
    [event?.severity, event?.subject, event?.status, event?.time],
    ["unknown", "", "firing", undefined],
  );
});
