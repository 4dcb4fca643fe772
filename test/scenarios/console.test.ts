import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { askSurely, cardClosed, click, openCard, until } from "../support/world.ts";
import { phoneOf, rolesFile, see, under, waiting } from "./console.ts";
import { drill, drillRule } from "./drill.ts";
import { browserOf, logInTo, openPagedWorld } from "./pages.ts";

describe("the overview", { concurrency: 3 }, () => {
  test("shows what waits for its visitor, then who decided and where it ran", async (t) => {
    const { world, card, taskId } = await waiting(t);
    const page = await see(world, "zhangsan", "/");
    assert.equal(page.status, 200);
    for (const text of [`href="/tasks/${taskId}"`, "演练 · h1", "drill", "待授权"]) {
      assert.ok(under(page, "等您授权").includes(text), text);
    }
    assert.match(under(page, "集群"), /hz-core.*正常/s);
    assert.match(
      page.text,
      /<a href="\/" aria-current="page">概览<\/a><a href="\/tasks">任务<\/a><a href="\/events">事件<\/a>/,
    );
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.ok(!/<script/i.test(page.text));
    await click(world, card, "approve");
    await cardClosed(world, card);
    const after = await see(world, "zhangsan", "/");
    assert.match(under(after, "等您授权"), /现在没有等您授权的任务/);
    for (const text of [`href="/tasks/${taskId}"`, "成功", "张三 已批准", "hz-core"]) {
      assert.ok(under(after, "最近结束").includes(text), text);
    }
  });

  test("speaks the language of the browser, and answers a question for its head", async (t) => {
    const { world } = await waiting(t);
    const page = await see(world, "lisi", "/", "en-GB");
    assert.match(page.text, /<html lang="en">/);
    for (const text of ["Overview", "Ended last", "Under way", "waiting for approval"]) {
      assert.ok(page.text.includes(text), text);
    }
    const browser = phoneOf(world, "lisi");
    await browser.open(`${world.url()}/`);
    for (const path of ["/", "/tasks", "/clusters"]) {
      const head = await browser.fetch(`${world.url()}${path}`, { method: "HEAD" });
      assert.equal(head.status, 200, path);
      assert.equal(await head.text(), "");
    }
  });

  test("says first what is stopped, by whom and why", async (t) => {
    const { world } = await waiting(t);
    const calm = await see(world, "zhangsan", "/");
    assert.ok(!calm.text.includes("急停"));
    await askSurely(world, "lisi", "急停 rule=drill 机房 <b>断电</b>");
    const page = await see(world, "zhangsan", "/");
    const banner = page.text.slice(page.text.indexOf('role="alert"'));
    assert.match(banner, /正在生效的急停/);
    assert.match(banner, /规则 drill，李四 于 .*：机房 &lt;b&gt;断电&lt;\/b&gt;/);
  });

  test("is left to what is one's own for who has no right, with a word whom to ask", async (t) => {
    const approval = { from: { users: ["zhaoliu"] } };
    const files = { ...drillRule({ approval }), ...drillRule({ id: "other", title: "别的" }) };
    const world = await openPagedWorld(t, { files });
    await drill(world, "1");
    await openCard(world, "演练", "zhaoliu");
    const page = await see(world, "zhaoliu", "/");
    assert.match(under(page, "等您授权"), /演练 · h1/);
    assert.match(page.text, /您没有查看任务、事件或集群的权限/);
    assert.match(page.text, /有此权限的角色：sre-oncall/);
    for (const text of ["最近结束", "进行中", "集群</h2>", "/events", "/clusters", "别的"]) {
      assert.ok(!page.text.includes(text), text);
    }
    const list = await see(world, "zhaoliu", "/tasks");
    assert.match(list.text, /演练 · h1/);
    assert.ok(!list.text.includes("别的"));
    for (const path of ["/events", "/clusters"]) {
      const denied = await see(world, "zhaoliu", path);
      assert.equal(denied.status, 403);
      assert.match(denied.text, /您不能查看这一页.*有此权限的角色：sre-oncall/s);
    }
  });

  test("shows nothing while WeCom cannot say who is there, and sends nobody round who keeps no cookies", async (t) => {
    const { world } = await waiting(t);
    const browser = phoneOf(world, "zhangsan");
    await browser.open(`${world.url()}/tasks`);
    world.wecom.faults.set({ on: "user", effect: "http", status: 500, times: 10 });
    const down = await browser.open(`${world.url()}/tasks`);
    assert.deepEqual([down.status, /暂时连不上企业微信/.test(down.text)], [503, true]);
    assert.ok(!down.text.includes("演练"));
    browser.cookies.clear();
    const round = await browser.open(`${world.url()}/tasks?state=open&in=1`);
    assert.deepEqual([round.status, /没有保存 Cookie/.test(round.text)], [400, true]);
    assert.match(round.text, /href="\/login\?return=%2Ftasks%3Fstate%3Dopen"/);
  });

  test("is closed to who has left", async (t) => {
    const { world } = await waiting(t);
    const browser = phoneOf(world, "wangwu");
    await browser.open(`${world.url()}/`);
    world.wecom.faults.set({ on: "user", effect: "errcode", errcode: 60111, times: 1 });
    const page = await browser.open(`${world.url()}/tasks`);
    assert.equal(page.status, 403);
    assert.ok(!page.text.includes("演练"));
  });
});

describe("the list of tasks", { concurrency: 3 }, () => {
  test("is filtered and paged as over REST", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule({ approval: { from: { users: ["lisi"] } } }) });
    for (const id of ["1", "2", "3"]) {
      await drill(world, id, { detail: { host: `host-${id}` } });
      await until(world, id, async () => (await see(world, "lisi", "/tasks")).text.includes(`host-${id}`));
    }
    const first = await see(world, "lisi", "/tasks?rule=drill&limit=2");
    assert.match(first.text, /host-3.*host-2/s);
    assert.ok(!first.text.includes("host-1"));
    assert.ok(!first.text.includes(">最新<"));
    const older = /href="([^"]+)">更早</.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    assert.match(older, /^\/tasks\?rule=drill&limit=2&after=/);
    const second = await see(world, "lisi", older);
    assert.match(second.text, /host-1/);
    assert.ok(!second.text.includes("host-2"));
    assert.match(second.text, /href="\/tasks\?rule=drill&amp;limit=2">最新</);
    assert.ok(!second.text.includes(">更早<"));
    const ended = await see(world, "lisi", "/tasks?state=ended&rule=&source=&business=");
    assert.match(ended.text, /没有符合的任务/);
    assert.match(ended.text, /<option value="ended" selected>已结束/);
  });

  test("says what is wrong with a query, and shows it as it was", async (t) => {
    const { world } = await waiting(t);
    const page = await see(world, "zhangsan", `/tasks?state=%22%3E%3Cscript%3E&rule=%22%3E%3Cscript%3E&x=1`);
    assert.equal(page.status, 400);
    assert.match(page.text, /这样查不了.*state.*只能是.*<code>x<\/code> 没有这个参数/s);
    assert.match(page.text, /name="rule" value="&quot;&gt;&lt;script&gt;"/);
    assert.ok(!/<script/i.test(page.text));
  });

  test("holds what a role reaches, and what one hears the end of", async (t) => {
    const of = { users: ["zhaoliu"] };
    const files = {
      ...drillRule(),
      ...drillRule({ id: "pay", title: "支付", business: "pay" }),
      ...drillRule({ id: "heard", title: "听说", report: { to: of } }),
      ...rolesFile({ name: "pay", of, rights: ["tasks.read"], on: { businesses: ["pay"] } }),
    };
    const world = await openPagedWorld(t, { files });
    await drill(world, "1");
    for (const title of ["演练", "支付", "听说"]) await openCard(world, title);
    const page = await see(world, "zhaoliu", "/tasks");
    assert.match(page.text, /支付 · h1/);
    assert.match(page.text, /听说 · h1/);
    assert.ok(!page.text.includes("演练 · h1"));
  });

  test("is come back to after a login, with what was looked for", async (t) => {
    const { world } = await waiting(t);
    const path = "/tasks?state=open&rule=drill";
    const silent = await see(world, "zhangsan", path);
    assert.equal(silent.url, `${world.url()}${path}&in=1`);
    assert.match(silent.text, /演练 · h1/);
    const browser = browserOf(world, "zhangsan");
    const asked = await browser.open(`${world.url()}${path}`);
    assert.equal(asked.status, 401);
    assert.ok(!asked.text.includes("演练"));
    assert.equal((await logInTo(browser, `${world.url()}${path}`)).url, `${world.url()}${path}&in=1`);
  });
});

describe("clusters on the console", () => {
  test("stand as chat tells it, with who drains them and why", async (t) => {
    const { world } = await waiting(t);
    await askSurely(world, "lisi", "排空 hz-core 强制 换盘");
    const page = await see(world, "zhangsan", "/clusters");
    assert.match(page.text, /hz-core.*排空.*李四.*换盘.*还在跑：鲸 0/s);
    assert.match(page.text, /aria-current="page">集群/);
  });
});

describe("other addresses", () => {
  test("stay as they are", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule() });
    const browser = phoneOf(world, "zhangsan");
    await browser.open(`${world.url()}/`);
    for (const path of ["/nothing", "/clusters/hz-core", "/events/a/b", "/index.html"]) {
      assert.equal((await browser.fetch(`${world.url()}${path}`)).status, 404, path);
    }
    assert.equal((await browser.fetch(`${world.url()}/`, { method: "POST" })).status, 404);
  });

  test("without a public address there is no console", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule(), env: { WHALE_PUBLIC_URL: "" } });
    for (const path of ["/", "/tasks", "/events", "/clusters"]) {
      assert.equal((await fetch(`${world.url()}${path}`)).status, 404, path);
    }
  });
});
