import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, refused, refusedText } from "./home-dir.ts";

const CLUSTER = "name: hz\napi: http://st2/api\nauth: { apiKey: k }\ndeploy:\n";
const KUBERNETES = `${CLUSTER}  kind: kubernetes
  api: https://k8s:6443
  namespace: stackstorm
  helmRelease: st2
`;
const TOKEN = "  token: t0ken\n";
const HOSTS = `${CLUSTER}  kind: hosts
  hosts: { workers: [w1, w2] }
  action: release.apply
  stateAction: release.state
`;

/** The file of the cluster, the place at which it is refused, and a part of the message. */
const REFUSALS: readonly [text: string, place: string, message: RegExp][] = [
  [`${CLUSTER.trimEnd()} kubernetes\n`, "4:9 deploy", /应为 \{ kind: kubernetes/],
  [`${CLUSTER}  kind: nomad\n`, "5:9 deploy.kind", /应为 kubernetes 或 hosts/],
  [`${CLUSTER}  namespace: x\n`, "5:3 deploy.kind", /应为 kubernetes 或 hosts/],
  [KUBERNETES, "5:3 deploy", /写且只写一个/],
  [`${KUBERNETES}${TOKEN}  tokenFile: /x\n`, "5:3 deploy", /写且只写一个/],
  [`${KUBERNETES}  token: "a b"\n`, "9:10 deploy.token", /可见的 ASCII/],
  [`${KUBERNETES.replace("https://k8s", "k8s")}${TOKEN}`, "6:8 deploy.api", /应为 http/],
  [
    `${KUBERNETES.replace("namespace: stackstorm", "namespace: A_b")}${TOKEN}`,
    "7:14 deploy.namespace",
    /小写/,
  ],
  [`${KUBERNETES}${TOKEN}  helm: x\n`, "10:3 deploy.helm", /没有这个字段/],
  [`${KUBERNETES}${TOKEN}  parts: { worker: [] }\n`, "10:12 deploy.parts.worker", /是不是 workers/],
  [`${KUBERNETES}${TOKEN}  parts: { workers: [] }\n`, "10:21 deploy.parts.workers", /没有 worker/],
  [
    `${KUBERNETES}${TOKEN}  parts: { api: [{ container: x }] }\n`,
    "10:18 deploy.parts.api[0].workload",
    /缺少/,
  ],
  [HOSTS.replace("{ workers: [w1, w2] }", "{}"), "6:10 deploy.hosts", /至少写 workers/],
  [HOSTS.replace("w2", "w1"), "6:26 deploy.hosts.workers[1]", /写了两次/],
  [HOSTS.replace("w2", "'a b'"), "6:26 deploy.hosts.workers[1]", /主机名或地址/],
  [HOSTS.replace("release.state", "state"), "8:16 deploy.stateAction", /包名\.动作名/],
  [`${HOSTS}  timeout: soon\n`, "9:12 deploy.timeout", /应为时长/],
  [`${HOSTS}  atOnce: 0\n`, "9:11 deploy.atOnce", /不能小于 1/],
  [`${HOSTS}  via: hx\n`, "9:8 deploy.via", /没有这个集群/],
];

for (const [text, place, message] of REFUSALS) {
  test(`refuses a deploy at ${place} for ${message.source}`, async (t) => {
    const all = await refused(t, { "clusters/hz.yaml": text });
    const problems = all.filter((problem) => problem.message.match(message));
    assert.deepEqual(
      problems.map(({ line, column, field }) => `${line}:${column} ${field}`),
      [place],
      JSON.stringify(all),
    );
  });
}

test("fills in the names of the chart, and takes those that are written", async (t) => {
  const parts = "  parts: { client: [], sensors: [{ workload: s-a, container: c-a }, { workload: s-b }] }\n";
  const home = await loaded(t, { "clusters/hz.yaml": `${KUBERNETES}${TOKEN}${parts}` });
  assert.deepEqual(home.clusters[0]?.deploy, {
    kind: "kubernetes",
    api: "https://k8s:6443",
    namespace: "stackstorm",
    token: { text: "t0ken" },
    workloads: {
      workers: [{ name: "st2-st2actionrunner", container: "st2actionrunner", named: false }],
      api: [{ name: "st2-st2api", container: "st2api", named: false }],
      client: [],
      sensors: [
        { name: "s-a", container: "c-a", named: true },
        { name: "s-b", container: "st2sensorcontainer", named: true },
      ],
    },
  });
});

test("takes a token from the environment, or a file that is read later", async (t) => {
  const token = [KUBERNETES, '  token: "$', '{K8S_TOKEN}"\n'].join("");
  const home = await loaded(t, { "clusters/hz.yaml": token }, { env: { K8S_TOKEN: "from-env" } });
  const deploy = home.clusters[0]?.deploy;
  assert.deepEqual(deploy?.kind === "kubernetes" && deploy.token, { text: "from-env" });
  const file = `${KUBERNETES}  tokenFile: /var/run/token\n`;
  const other = (await loaded(t, { "clusters/hz.yaml": file })).clusters[0]?.deploy;
  assert.deepEqual(other?.kind === "kubernetes" && other.token, { file: "/var/run/token" });
});

test("never shows the token of a deploy that is refused", async (t) => {
  const text = await refusedText(t, { "clusters/hz.yaml": `${KUBERNETES}  token: "super secret"\n` });
  assert.ok(!text.includes("super secret"), text);
});

test("changes one host at a time, for ten minutes, unless told otherwise", async (t) => {
  const home = await loaded(t, { "clusters/hz.yaml": HOSTS });
  assert.deepEqual(home.clusters[0]?.deploy, {
    kind: "hosts",
    hosts: { workers: ["w1", "w2"], api: [], client: [], sensors: [] },
    action: "release.apply",
    stateAction: "release.state",
    atOnce: 1,
    timeoutMs: 600_000,
  });
  const told = `${HOSTS}  via: hz\n  atOnce: 3\n  timeout: 2m\n`;
  const other = (await loaded(t, { "clusters/hz.yaml": told })).clusters[0]?.deploy;
  assert.deepEqual(other?.kind === "hosts" && [other.via, other.atOnce, other.timeoutMs], ["hz", 3, 120_000]);
});
