import assert from "node:assert/strict";
import { test } from "node:test";
import { subjectOf } from "../../../adapters/sources/alertmanager-subject.ts";

const SUBJECTS: readonly [why: string, labels: Record<string, string>, subject: string][] = [
  ["the host's name before the address", { hostname: "vm-1", instance: "10.0.0.1:9100" }, "vm-1"],
  ["the node's name where there is no hostname", { nodename: "vm-2", instance: "10.0.0.2" }, "vm-2"],
  ["the address without its port", { instance: "10.20.3.17:9100" }, "10.20.3.17"],
  ["an IPv6 address without brackets and port", { instance: "[2001:db8::1]:9100" }, "2001:db8::1"],
  ["a bare IPv6 address as it is", { instance: "2001:db8::1" }, "2001:db8::1"],
  [
    "an address that is a URL as it is",
    { instance: "https://shop.example.com:8443/ok" },
    "https://shop.example.com:8443/ok",
  ],
  [
    "the pod, not the exporter that tells of it",
    {
      alertname: "KubePodCrashLooping",
      cluster: "hz",
      namespace: "shop",
      pod: "cart-1",
      instance: "10.1.1.9:8080",
    },
    "hz shop/cart-1",
  ],
  [
    "the deployment where no pod is named",
    { job: "kube-state-metrics", namespace: "shop", deployment: "cart", instance: "10.1.1.9:8080" },
    "shop/cart",
  ],
  [
    "the node of a node alert",
    { alertname: "KubeNodeNotReady", cluster: "hz", node: "n-5", instance: "10.1.1.9:8080" },
    "hz n-5",
  ],
  [
    "the machine, where an exporter's own pod is among the labels",
    {
      alertname: "NodeFilesystemAlmostOutOfSpace",
      namespace: "monitoring",
      pod: "node-exporter-x",
      instance: "10.0.0.5:9100",
    },
    "10.0.0.5",
  ],
  ["nothing where the sender names nothing", { alertname: "Watchdog" }, ""],
];

for (const [why, labels, subject] of SUBJECTS) {
  test(`names ${why}`, () => {
    assert.equal(subjectOf(labels), subject);
  });
}
