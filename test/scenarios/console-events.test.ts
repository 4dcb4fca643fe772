import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until, type World } from "../support/world.ts";
import { phoneOf, rolesFile, see, under, waiting } from "./console.ts";
import { drill, drillRule } from "./drill.ts";

/** The page of the newest event, once it can be found. */
function eventPath(world: World): Promise<string> {
  return until(world, "an event in the archive", async () => {
    const { text } = await see(world, "zhangsan", "/events");
    return /href="(\/events\/e_[a-z2-7]+)"/.exec(text)?.[1];
  });
}

describe("events on the console", { concurrency: 3 }, () => {
  test("are searched by a form, shown as text, and lead to their pages", async (t) => {
    const { world } = await waiting(
      t,
      {},
      { title: "<script>alert(1)</script> 磁盘将满", severity: "critical" },
    );
    await eventPath(world);
    await drill(world, "2", { title: "网卡丢包", severity: "warning", detail: { host: "h2" } });
    await until(world, "both", async () =>
      (await see(world, "zhangsan", "/events")).text.includes("网卡丢包"),
    );
    const all = await see(world, "zhangsan", "/events");
    assert.match(all.text, /网卡丢包.*&lt;script&gt;alert\(1\)&lt;\/script&gt; 磁盘将满/s);
    assert.ok(!/<script/i.test(all.text));
    const query = "q=磁盘&source=generic&type=drill&severity=critical&status=&from=1h";
    const found = await see(world, "zhangsan", `/events?${query}`);
    assert.match(found.text, /磁盘将满/);
    assert.ok(!found.text.includes("网卡丢包"));
    assert.match(found.text, /name="q" value="磁盘"/);
    assert.match(found.text, /<option value="1h" selected>/);
    const none = await see(world, "zhangsan", "/events?severity=info");
    assert.match(none.text, /没有符合的事件/);
    const kept = await see(
      world,
      "zhangsan",
      "/events?severity=critical,major&subject=h1&source=generic&source=api",
    );
    assert.match(kept.text, /磁盘将满/);
    assert.match(kept.text, /<option value="critical,major" selected>/);
    assert.match(kept.text, /name="source" value="generic,api"/);
    assert.match(kept.text, /<input type="hidden" name="subject" value="h1">/);
    assert.match(kept.text, /只看 subject=h1/);
    const page = await see(world, "zhangsan", "/events?order=newest");
    assert.equal(page.status, 400);
  });

  test("that cannot be looked for as it was written are told why", async (t) => {
    const { world } = await waiting(t);
    const words = Array.from({ length: 60 }, (_, i) => `w${i}`).join("+");
    for (const query of ["q=!!!", "severity=bad", "from=yesterday", "after=x", `q=${words}`]) {
      const page = await see(world, "zhangsan", `/events?${query}`);
      assert.equal(page.status, 400, query);
      assert.match(page.text, /这样查不了/);
    }
  });

  test("tell what the rules said of them, without their secrets", async (t) => {
    const files = drillRule({
      id: "never",
      title: "从不",
      features: [{ path: "detail.host", op: "equals", value: "h9" }],
    });
    const secrets = {
      labels: { env: "prod", api_token: "s3cr3t-value" },
      detail: { host: "h1", password: "hunter22" },
    };
    const { world, taskId } = await waiting(t, { files }, secrets);
    const path = await eventPath(world);
    const page = await see(world, "zhangsan", path);
    assert.equal(page.status, 200);
    const said = under(page, "各规则的结论");
    assert.match(said, /触发，建了任务/);
    assert.ok(said.includes(`href="/tasks/${taskId}"`));
    assert.match(said, /从不.*特征不符.*detail\.host equals.*实际是/s);
    assert.match(under(page, "同一故障的事件"), /磁盘将满/);
    assert.match(page.text, /api_token<\/dt><dd><code>\*{8}/);
    for (const text of ["s3cr3t-value", "hunter22"]) assert.ok(!page.text.includes(text), text);
    const unknown = await see(world, "zhangsan", `/events/e_${"a".repeat(52)}`);
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /没有这个事件/);
  });

  test("and what rules said of them are kept to what a role reaches", async (t) => {
    const of = { users: ["zhaoliu"] };
    const role = { name: "x", of, rights: ["events.read", "rules.read"], on: { types: ["other"] } };
    const type = { type: "other", title: "别类", owner: "tests", subject: "{{ detail.host }}" };
    const { world } = await waiting(t, {
      files: {
        ...rolesFile({ name: "all", of: { tag: "sre-oncall" }, rights: ["*"] }, role),
        "event-types/other.yaml": type,
      },
    });
    const other = await eventPath(world);
    await drill(world, "2", { event_type: "other", title: "别类告警" });
    await until(world, "it", async () => (await see(world, "zhaoliu", "/events")).text.includes("别类告警"));
    const list = await see(world, "zhaoliu", "/events");
    assert.ok(!list.text.includes("磁盘将满"));
    assert.ok(!list.text.includes('<option value="drill">'));
    const [, own = ""] = /href="(\/events\/e_[a-z2-7]+)"/.exec(list.text) ?? [];
    assert.match((await see(world, "zhaoliu", own)).text, /别类告警/);
    const denied = await see(world, "zhaoliu", other);
    assert.equal(denied.status, 403);
    assert.ok(!denied.text.includes("磁盘将满"));
    // What is found by a verdict tells the verdict.
    assert.equal((await see(world, "zhaoliu", "/events?rule=drill")).status, 403);
  });

  test("say nothing of rules to who may read none", async (t) => {
    const role = { name: "x", of: { users: ["zhaoliu"] }, rights: ["events.read"] };
    const { world } = await waiting(t, {
      files: rolesFile({ name: "all", of: { tag: "sre-oncall" }, rights: ["*"] }, role),
    });
    const page = await see(world, "zhaoliu", await eventPath(world));
    assert.match(page.text, /磁盘将满/);
    assert.equal(under(page, "各规则的结论"), "");
    assert.ok(!page.text.includes("/tasks/t_"));
  });

  test("are led to from the page of a task, for who may see events", async (t) => {
    const { world, taskId } = await waiting(t, {
      files: drillRule({ report: { to: { users: ["zhaoliu"] } } }),
    });
    const path = await eventPath(world);
    assert.ok(
      (await see(world, "zhangsan", `/tasks/${taskId}`)).text.includes(`<a href="${path}">磁盘将满</a>`),
    );
    const { status, text } = await see(world, "zhaoliu", `/tasks/${taskId}`);
    assert.equal(status, 200);
    assert.ok(!text.includes("/events"));
  });

  test("answer a question for their head", async (t) => {
    const { world } = await waiting(t);
    const browser = phoneOf(world, "lisi");
    for (const path of ["/events", await eventPath(world)]) {
      await browser.open(`${world.url()}${path}`);
      const head = await browser.fetch(`${world.url()}${path}`, { method: "HEAD" });
      assert.equal(head.status, 200, path);
      assert.equal(await head.text(), "");
    }
  });
});
