import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./home-dir.ts";

const SOUND = {
  id: "base",
  title: "基础包",
  repos: [{ name: "disk", url: "https://git.example/ops/disk.git", ref: "main" }],
  strategy: "packs-image",
  image: "registry.example:5000/ops/packs",
  base: { builder: "stackstorm/st2:3.8.1", runtime: "busybox:1.36" },
  clusters: ["hz"],
  approval: { from: { users: ["lisi"] } },
};

/** A pack set's file in JSON, each field on a line of its own. */
function aSet(overrides: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...SOUND, ...overrides }, null, 1);
}

function aRepo(overrides: Record<string, unknown>): string {
  return aSet({ repos: [{ ...SOUND.repos[0], ...overrides }] });
}

const REPO = "repos[0]";
const REFUSALS: [text: string, field: string, message: RegExp][] = [
  [aSet({ clusters: ["hx"] }), "clusters[0]", /没有这个集群，是不是 hz/],
  [aSet({ clusters: ["hz", "hz"] }), "clusters[1]", /重复/],
  [aSet({ clusters: [] }), "clusters", /./],
  [aSet({ strategy: "packs" }), "strategy", /./],
  [aSet({ image: "registry.example/ops/packs:v1" }), "image", /不带标签/],
  [aSet({ image: "Packs" }), "image", /小写/],
  [aSet({ base: { builder: "st2:latest", runtime: "busybox:1" } }), "base.builder", /latest/],
  [aSet({ base: { builder: "st2:3.8", runtime: "a.example:5000/box" } }), "base.runtime", /标签或摘要/],
  [aSet({ approval: { policy: "read-only" } }), "approval.policy", /不能用策略/],
  [aSet({ approval: {} }), "approval", /没有写谁来批准/],
  [aSet({ approval: { from: { duty: "none" } } }), "approval.from.duty", /没有这个值班表/],
  [aSet({ approval: { from: { users: ["lisi"] }, group: "ops" } }), "approval.group", /智能机器人/],
  [aSet({ drain: "soon" }), "drain", /应为时长/],
  [aSet({ checks: { except: { secrets: "演示" } } }), "checks.except.secrets", /是不是 secret/],
  [aSet({ checks: { except: { name: "演示" } } }), "checks.except.name", /不能放过/],
  [aSet({ checks: { except: { secret: "" } } }), "checks.except.secret", /./],
  [aSet({ canary: { action: "disk" } }), "canary.action", /包名\.动作名/],
  [aSet({ repos: [SOUND.repos[0], SOUND.repos[0]] }), "repos[1].name", /重复/],
  [aRepo({ range: "^1" }), REPO, /写且只写一个/],
  [aRepo({ ref: undefined }), REPO, /写且只写一个/],
  [aRepo({ ref: undefined, range: "newest" }), `${REPO}.range`, /不是版本范围/],
  [aRepo({ ref: "--upload-pack=x" }), `${REPO}.ref`, /分支、标签或提交/],
  [aRepo({ ref: "a..b" }), `${REPO}.ref`, /分支、标签或提交/],
  [aRepo({ url: "https://me:pw@git.example/x" }), `${REPO}.url`, /不带用户名密码/],
  [aRepo({ url: "http://git.example/x" }), `${REPO}.url`, /https/],
  [aRepo({ url: "ext::sh -c id" }), `${REPO}.url`, /https/],
  [aRepo({ url: "file:///srv/git/x" }), `${REPO}.url`, /https/],
  [aRepo({ url: "-oProxyCommand=id:x" }), `${REPO}.url`, /https/],
  [aRepo({ url: "ssh://-oProxyCommand=id/x" }), `${REPO}.url`, /https/],
  [aRepo({ url: "git@git.example:ops/disk.git" }), REPO, /ssh 地址要写 auth/],
  [aRepo({ url: "/srv/git/disk" }), `${REPO}.url`, /folders/],
  [aRepo({ paths: ["../x"] }), `${REPO}.paths[0]`, /仓库里的目录/],
  [aRepo({ paths: ["/x"] }), `${REPO}.paths[0]`, /仓库里的目录/],
  [aRepo({ auth: { token: "ghp_abc" } }), `${REPO}.auth.token`, /不写令牌本身/],
  [aRepo({ auth: { token: "T", sshKeyFile: "/k" } }), `${REPO}.auth`, /应为/],
  [aRepo({ auth: { sshKeyFile: "/k; id", knownHostsFile: "/h" } }), `${REPO}.auth.sshKeyFile`, /绝对路径/],
];

describe("a pack set is refused", () => {
  for (const [text, field, message] of REFUSALS) {
    test(`at ${field} for ${message.source}: ${text.length}`, async (t) => {
      const all = await refused(t, { "packsets/base.yaml": text });
      const found = all.filter((problem) => message.test(problem.message));
      assert.deepEqual(
        found.map((problem) => [problem.file, problem.field, problem.messageEn !== undefined]),
        [["packsets/base.yaml", field, true]],
        JSON.stringify(all),
      );
      assert.ok(found.every(({ line }) => line >= 1));
    });
  }

  test("where two files declare one id", async (t) => {
    const all = await refused(t, { "packsets/a.yaml": aSet(), "packsets/b.yaml": aSet() });
    assert.deepEqual(
      all.map(({ file, field }) => [file, field]),
      [["packsets/b.yaml", "id"]],
    );
  });

  test("where a token was substituted, without showing it", async (t) => {
    const text = aRepo({ auth: { token: `\${GIT_TOKEN}` } });
    const all = await refused(t, { "packsets/base.yaml": text }, { env: { GIT_TOKEN: "TOPSECRET" } });
    assert.match(all[0]?.message ?? "", /不加 \$ 和花括号/);
    assert.ok(!JSON.stringify(all).includes("TOPSECRET"));
  });

  test("where a folder climbs out of the folders that are allowed", async (t) => {
    const text = aSet({ folders: ["/srv/git"], repos: [{ name: "x", url: "/srv/git/../x", ref: "main" }] });
    const all = await refused(t, { "packsets/base.yaml": text });
    assert.deepEqual(
      all.map(({ field }) => field),
      ["repos[0].url"],
    );
  });
});

test("a pack set is read with its defaults, and its lock is no set", async (t) => {
  const text = aSet({
    folders: ["./repos"],
    repos: [
      { name: "disk", url: "./repos/disk", range: "^1.2", paths: ["packs/*"] },
      { name: "net", url: "git@git.example:ops/net.git", ref: "v1", auth: KEY },
    ],
  });
  const { packSets } = await loaded(t, {
    "packsets/base.yaml": text,
    "packsets/base.lock.yaml": "nothing: of a set\n",
  });
  assert.deepEqual(packSets, [
    {
      ...{ id: "base", title: "基础包", strategy: "packs-image", image: "registry.example:5000/ops/packs" },
      repos: [
        {
          ...{ name: "disk", url: "./repos/disk", folders: ["./repos"], at: { range: "^1.2" } },
          paths: ["packs/*"],
        },
        { name: "net", url: "git@git.example:ops/net.git", at: { ref: "v1" }, auth: KEY },
      ],
      base: SOUND.base,
      ...{ clusters: ["hz"], checks: {}, drainMs: null },
      approval: packSets[0]?.approval,
    },
  ]);
  assert.equal(packSets[0]?.approval.mode, "people");
});

const KEY = { sshKeyFile: "/etc/whale/git.key", knownHostsFile: "/etc/whale/known_hosts" };
