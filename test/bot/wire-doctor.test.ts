import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Finding } from "../../bot/doctor/index.ts";
import { prepare } from "../../bot/wire.ts";
import { examine } from "../../bot/wire-doctor.ts";
import { startAibotSimulator } from "../../fixtures/simulators/aibot/index.ts";
import { openWorld, until, type World } from "../support/world.ts";

async function examined(world: World, env: Record<string, string> = {}, offMs = 0): Promise<Finding[]> {
  const prepared = await prepare({ ...world.env, ...env }, world.home);
  assert.equal(prepared.outcome, "ready");
  if (prepared.outcome !== "ready") return [];
  return await examine(prepared, { nowMs: () => Date.now() + offMs });
}

function found(findings: readonly Finding[], cause: string, about = /^/): Finding {
  const finding = findings.find((one) => one.cause === cause && about.test(one.about));
  assert.ok(finding, `${cause} is not among ${findings.map((one) => one.cause).join(", ")}`);
  return finding;
}

const has = (findings: readonly Finding[], cause: string) => findings.some((one) => one.cause === cause);

/** What is provoked, how, and how the finding reads. */
interface Case {
  cause: string;
  outcome: Finding["outcome"];
  about: RegExp;
  message: RegExp;
  /** Chinese and English: what to click where. */
  todo: RegExp;
  provoke?: (world: World) => void;
  env?: (world: World) => Record<string, string>;
  offMs?: number;
}

const unknownRobot = (world: World) => `${world.wecom.url}/cgi-bin/webhook/send?key=gone`;
const cases: Case[] = [
  {
    cause: "bad_credentials",
    outcome: "fails",
    about: /^wecom ww/,
    message: /Secret.*40001/,
    todo: /Secret 查看.*admin console/,
    env: () => ({ WECOM_SECRET: "wrong" }),
  },
  {
    cause: "ip_not_trusted",
    outcome: "fails",
    about: /^wecom/,
    message: /add 127\.0\.0\.1 to the app's 企业可信IP/,
    todo: /企业可信IP → 配置/,
    provoke: ({ wecom }) => wecom.switches.set({ trustedIps: ["203.0.113.1"] }),
  },
  {
    cause: "bad_agent",
    outcome: "fails",
    about: /^wecom/,
    message: /AgentId/,
    todo: /WECOM_AGENT_ID/,
    env: () => ({ WECOM_AGENT_ID: "7" }),
  },
  {
    cause: "app_disabled",
    outcome: "fails",
    about: /^wecom/,
    message: /停用.*switched off/,
    todo: /启用应用/,
    provoke: ({ wecom }) => wecom.switches.set({ closed: true }),
  },
  {
    cause: "unreachable",
    outcome: "fails",
    about: /^wecom/,
    message: /ECONNREFUSED|refused/,
    todo: /WECOM_API/,
    env: () => ({ WECOM_API: "http://127.0.0.1:9" }),
  },
  {
    cause: "scope_empty",
    outcome: "fails",
    about: /visible scope/,
    message: /可见范围是空的/,
    todo: /可见范围/,
    provoke: ({ wecom }) => wecom.switches.set({ scope: { users: [], departments: [], tags: [] } }),
  },
  {
    cause: "group_empty",
    outcome: "fails",
    about: /tag sre-oncall/,
    message: /rule vm-disk-cleanup/,
    todo: /可见范围/,
    provoke: ({ wecom }) => wecom.switches.set({ scope: { users: ["zhaoliu"], departments: [], tags: [] } }),
  },
  {
    cause: "person_unknown",
    outcome: "fails",
    about: /person lisi/,
    message: /ADMIN/,
    todo: /可见范围/,
    env: () => ({ ADMIN: "lisi" }),
    provoke: ({ wecom }) => wecom.switches.set({ scope: { users: ["zhaoliu"], departments: [], tags: [] } }),
  },
  {
    cause: "person_unknown",
    outcome: "fails",
    about: /person ghost/,
    message: /ADMIN/,
    todo: /userid/,
    env: () => ({ ADMIN: "Ghost" }),
  },
  {
    cause: "person_inactive",
    outcome: "fails",
    about: /person lisi/,
    message: /已停用/,
    todo: /文件/,
    env: () => ({ ADMIN: "lisi" }),
    provoke: ({ wecom }) => wecom.setMember("lisi", { status: 5 }),
  },
  {
    cause: "members_inactive",
    outcome: "holds",
    about: /tag sre-oncall/,
    message: /disabled, left or not activated\): sunqi; .*rule vm-disk-cleanup/,
    todo: /^$/,
  },
  {
    cause: "too_few_active",
    outcome: "fails",
    about: /tag sre-leads/,
    message: /要 1 人批准，能批准的只有 0 人.*wangwu, .*pack set base/,
    todo: /加成员/,
    provoke: ({ wecom }) => wecom.setMember("wangwu", { status: 2 }),
  },
  {
    cause: "tag_unknown",
    outcome: "fails",
    about: /tag nobody/,
    message: /ADMIN/,
    todo: /通讯录 → 标签/,
    env: () => ({ ADMIN: "tag:nobody" }),
  },
  {
    cause: "callback_signature",
    outcome: "fails",
    about: /callback/,
    message: /签名/,
    todo: /WECOM_TOKEN/,
    env: () => ({ WECOM_TOKEN: "another" }),
  },
  {
    cause: "callback_key",
    outcome: "fails",
    about: /callback/,
    message: /密钥/,
    todo: /WECOM_AES_KEY/,
    env: () => ({ WECOM_AES_KEY: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }),
  },
  {
    cause: "callback_receiveid",
    outcome: "fails",
    about: /callback/,
    message: /接收者/,
    todo: /WECOM_CORP_ID/,
    env: () => ({ WECOM_CORP_ID: "wwAnother" }),
  },
  {
    cause: "callback_time",
    outcome: "fails",
    about: /callback/,
    message: /时间/,
    todo: /同步/,
    offMs: -400_000,
  },
  {
    cause: "callback_unreachable",
    outcome: "fails",
    about: /callback http:\/\/127\.0\.0\.1:9/,
    message: /refused|ECONNREFUSED/,
    todo: /TLS/,
    env: () => ({ WHALE_PUBLIC_URL: "http://127.0.0.1:9" }),
  },
  {
    cause: "callback_status",
    outcome: "fails",
    about: /callback/,
    message: /HTTP 404/,
    todo: /TLS/,
    env: ({ wecom }) => ({ WHALE_PUBLIC_URL: wecom.url }),
  },
  {
    cause: "domain_not_trusted",
    outcome: "reduced",
    about: /trusted domain/,
    message: /50001/,
    todo: /可信域名/,
    env: (world) => ({ WHALE_PUBLIC_URL: world.url() }),
  },
  {
    cause: "clock_off",
    outcome: "reduced",
    about: /clock against WeCom/,
    message: /快 1(?:19|2[0-5]) 秒 \(1\d\d s ahead\)/,
    todo: /timedatectl/,
    offMs: 120_000,
  },
  {
    cause: "group_unreachable",
    outcome: "fails",
    about: /group shop-alerts/,
    message: /86003/,
    todo: /groups\.yaml/,
    provoke: (world) => world.write("groups.yaml", { "shop-alerts": { appchat: "nowhere" } }),
  },
  {
    cause: "robot_unreachable",
    outcome: "fails",
    about: /fallback robot/,
    message: /93000/,
    todo: /消息推送/,
    env: (world) => ({ FALLBACK_ROBOT_URL: unknownRobot(world) }),
  },
  {
    cause: "no_fallback",
    outcome: "reduced",
    about: /fallback robot/,
    message: /没有设置/,
    todo: /FALLBACK_ROBOT_URL/,
  },
  {
    cause: "cluster_down",
    outcome: "fails",
    about: /cluster hz-core/,
    message: /401|key|Unauthorized/i,
    todo: /st2ctl status/,
    env: () => ({ HZ_ST2_KEY: "wrong" }),
  },
];

test("doctor finds what is provoked, says why, and what to click where", async (t) => {
  const world = await openWorld(t);
  for (const one of cases) {
    await t.test(one.cause, async (sub) => {
      const before = world.wecom.switches.get();
      const { users } = world.wecom.company;
      sub.after(() => {
        world.wecom.switches.set(before);
        for (const { userId, status } of users) world.wecom.setMember(userId, { status });
      });
      one.provoke?.(world);
      const findings = await examined(world, one.env?.(world), one.offMs);
      const finding = found(findings, one.cause, one.about);
      assert.equal(finding.outcome, one.outcome);
      assert.match(finding.message, one.message);
      assert.match(finding.todo ?? "", one.todo);
    });
  }
});

test("a clock that is off is found against StackStorm too, and fails beyond the callbacks' window", async (t) => {
  const world = await openWorld(t);
  const findings = await examined(world, {}, -400_000);
  const clocks = findings.filter(({ cause }) => cause === "clock_off");
  assert.deepEqual(
    clocks.map(({ about, outcome }) => [about, outcome]),
    [
      ["clock against WeCom", "fails"],
      ["clock against cluster hz-core", "fails"],
    ],
  );
  assert.match(clocks[0]?.message ?? "", /慢 (?:39|40)\d 秒/);
});

test("a wrong secret is tried once, and nobody is looked up with it", async (t) => {
  const world = await openWorld(t);
  // The process asks for its own when it looks after the app's menu.
  await until(world, "its own token", () => world.wecom.tokenCalls() > 0);
  const before = world.wecom.tokenCalls();
  const findings = await examined(world, { WECOM_SECRET: "wrong" });
  assert.equal(world.wecom.tokenCalls(), before + 1);
  assert.ok(!has(findings, "people_in_scope") && !has(findings, "group_unreachable"));
});

test("when no process runs, the callback is not called and that is said", async (t) => {
  const world = await openWorld(t);
  await world.stop();
  const findings = await examined(world);
  assert.equal(found(findings, "no_public_url").outcome, "reduced");
  assert.ok(!findings.some(({ cause }) => cause.startsWith("callback_")));
});

test("the running process says in its log which of signature, key, receiveid and time did not fit", async (t) => {
  const world = await openWorld(t);
  await examined(world, { WECOM_TOKEN: "another" });
  const line = world.lines.find(({ msg }) => msg === "WeCom address check refused");
  assert.deepEqual([line?.["reason"], line?.["fault"]], ["bad_signature", "signature"]);
  const metrics = await (await fetch(`${world.url()}/metrics`)).text();
  assert.match(metrics, /whale_callbacks_total\{kind="verify",outcome="bad_signature"\} 1/);
});

test("the AI bot of a running process is not thrown out, and is tried where none has it", async (t) => {
  const bot = await startAibotSimulator();
  t.after(() => bot.close());
  const env = { AIBOT_ID: bot.botId, AIBOT_SECRET: bot.secret, AIBOT_URL: bot.url };
  const world = await openWorld(t, { env });
  await until(world, "the bot to be connected", () => bot.state().live);
  assert.equal(found(await examined(world), "aibot_connected").outcome, "holds");
  assert.deepEqual([bot.state().kicked, bot.state().mostAtOnce], [0, 1]);
  await world.stop();
  assert.equal(found(await examined(world), "aibot_works").outcome, "holds");
  const wrong = found(await examined(world, { AIBOT_SECRET: "another" }), "aibot_bad_credentials");
  assert.match(`${wrong.message} ${wrong.todo}`, /853000.*AIBOT_SECRET/);
});

test("a process that was killed is told apart from one that ended, and from another server in its place", async (t) => {
  const world = await openWorld(t);
  await world.stop();
  assert.equal(found(await examined(world), "not_running").outcome, "holds");
  for (const [origin, why] of [
    ["http://127.0.0.1:9", /ECONNREFUSED|bad port|refused/],
    [world.wecom.url, /JSON/],
  ] as const) {
    writeFileSync(join(world.home, "data", "local-address"), origin);
    const { outcome, message, todo } = found(await examined(world), "not_answering");
    assert.equal(outcome, "fails");
    assert.match(message, why);
    assert.match(todo ?? "", /重新 npm start/);
  }
});
