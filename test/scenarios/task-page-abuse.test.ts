import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hiddenFields, openBrowser, type Seen, WECOM_AGENT } from "../support/browser.ts";
import { cardClosed, click, logged, openCard, runsOf, until, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";
import { browserOf, loggedIn, logInTo, openPagedWorld, pageOf } from "./pages.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

async function waitingWorld(t: Parameters<typeof openPagedWorld>[0], files: Record<string, object> = {}) {
  const world = await openPagedWorld(t, { files: { ...drillRule(), ...files } });
  await drill(world, "1");
  const card = await openCard(world, "演练");
  return { world, card, url: pageOf(world, card) };
}

function nothingRan(world: World): void {
  assert.equal(runsOf(world, "core.noop").length, 0);
}

describe("who is nobody sees no task", { concurrency: 2 }, () => {
  test("a session that is made up, altered, of another kind or too old is none", async (t) => {
    const { world, url } = await waitingWorld(t);
    const browser = browserOf(world, "zhangsan");
    await logInTo(browser, url);
    const session = browser.cookies.get("whale-session") ?? "";
    const [body = "", mark = ""] = session.split(".");
    const forged = Buffer.from(body, "base64url").toString().replace("zhangsan", "wangwu");
    const stranger = openBrowser();
    await stranger.fetch(`${world.url()}/login`);
    const tries = [
      "",
      "x",
      ".",
      `${body}.`,
      `${Buffer.from(forged).toString("base64url")}.${mark}`,
      `${session}.${mark}`,
      stranger.cookies.get("whale-login") ?? "",
    ];
    for (const value of tries) {
      const answer = await fetch(url, { headers: { cookie: `whale-session=${value}` } });
      assert.equal(answer.status, 401, value);
      assert.ok(!(await answer.text()).includes("core.noop"));
    }
    assert.equal((await browser.open(url)).status, 200);
    world.jump(8 * 3_600_000 + 1000);
    assert.equal((await browser.open(url)).status, 401);
  });

  test("a login counts once, in the browser that began it, within ten minutes", async (t) => {
    const { world, url } = await waitingWorld(t);
    const browser = openBrowser();
    const begun = await browser.fetch(`${world.url()}/login?return=${new URL(url).pathname}`);
    const back = loggedIn(world, "zhangsan", begun.headers.get("location") ?? "");
    const kept = new Map(browser.cookies);
    const elsewhere = await openBrowser().open(back);
    assert.match(elsewhere.text, /登录没有完成/);
    const done = await browser.fetch(back);
    assert.equal(done.status, 303);
    assert.equal(new URL(done.headers.get("location") ?? "", url).pathname, new URL(url).pathname);
    const again = await browser.open(back);
    assert.deepEqual([again.status, /登录没有完成/.test(again.text)], [400, true]);
    // With the cookie put back the code is spent all the same.
    for (const [name, value] of kept) browser.cookies.set(name, value);
    const spent = await browser.open(back);
    assert.deepEqual([spent.status, /登录凭证已失效/.test(spent.text)], [400, true]);

    const slow = openBrowser();
    const late = await slow.fetch(`${world.url()}/login`);
    const lateBack = loggedIn(world, "zhangsan", late.headers.get("location") ?? "");
    world.jump(600_000);
    assert.equal((await slow.open(lateBack)).status, 400);
    const cancelled = openBrowser();
    const start = await cancelled.fetch(`${world.url()}/login`);
    const state = new URL(start.headers.get("location") ?? "").searchParams.get("state") ?? "";
    assert.match(state, /^[a-zA-Z0-9]{32}$/);
    assert.match((await cancelled.open(`${world.url()}/login/back?state=${state}`)).text, /没有给出登录凭证/);
  });

  test("somebody from outside and somebody who has left are told so, and have no session", async (t) => {
    const { world, url } = await waitingWorld(t);
    const outsider = browserOf(world, "@outsider");
    const refused = await logInTo(outsider, url);
    assert.deepEqual([refused.status, /只限企业成员/.test(refused.text)], [403, true]);
    assert.equal(outsider.cookies.has("whale-session"), false);
    const browser = browserOf(world, "zhangsan");
    assert.equal((await logInTo(browser, url)).status, 200);
    world.wecom.faults.set({ on: "user", effect: "errcode", errcode: 60111, times: 1 });
    const left = await browser.open(url);
    assert.deepEqual([left.status, /通讯录中找不到您/.test(left.text)], [403, true]);
    assert.equal(browser.cookies.has("whale-session"), false);
  });

  test("nothing is shown while WeCom cannot say who may see it", async (t) => {
    const { world, url } = await waitingWorld(t);
    const browser = browserOf(world, "zhangsan");
    await logInTo(browser, url);
    world.wecom.faults.set({ on: "user", effect: "http", status: 500, times: 10 });
    const answer = await browser.open(url);
    assert.deepEqual([answer.status, /暂时连不上企业微信/.test(answer.text)], [503, true]);
    assert.ok(!answer.text.includes("core.noop"));
  });

  test("a browser that keeps no cookies is told so instead of being sent round for ever", async (t) => {
    const { world, url } = await waitingWorld(t);
    const browser = browserOf(world, "zhangsan", { agent: WECOM_AGENT });
    assert.equal((await browser.open(url)).status, 200);
    browser.cookies.clear();
    const answer = await browser.open(`${url}?in=1`);
    assert.deepEqual([answer.status, /没有保存 Cookie/.test(answer.text)], [400, true]);
  });

  test("logins from one address are bounded", async (t) => {
    const { world } = await waitingWorld(t);
    const statuses: number[] = [];
    let last: Response | null = null;
    for (let n = 0; n < 62; n++) {
      last = await openBrowser().fetch(`${world.url()}/login`);
      statuses.push(last.status);
    }
    assert.ok(statuses.slice(0, 60).every((status) => status === 303));
    assert.equal(last?.status, 429);
    assert.match(last?.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  });

  test("who may not read a task is told whom to ask, and can do nothing about it", async (t) => {
    const { world, url } = await waitingWorld(t);
    const browser = browserOf(world, "zhaoliu");
    const refused = await logInTo(browser, url);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /tasks\.read/);
    assert.match(refused.text, /sre-oncall/);
    assert.ok(!refused.text.includes("core.noop"));
    assert.equal((await browser.fetch(`${url}/output`)).status, 403);
    const body = new URLSearchParams({ nonce: "0".repeat(32), hash: "x", token: "x" });
    const tried = await browser.fetch(`${url}/approve`, { method: "POST", body });
    assert.equal(tried.status, 403);
    nothingRan(world);
    await logged(world, { msg: "page refused", reason: "denied", by: "zhaoliu" });
  });

  test("a role on another business does not reach it, one on its own does", async (t) => {
    const role = (name: string, business: string) => ({
      ...{ name, of: { users: ["zhaoliu"] }, rights: ["tasks.read"], on: { businesses: [business] } },
    });
    const { world, url } = await waitingWorld(t, { "roles.yaml": { roles: [role("pay-dev", "pay")] } });
    const browser = browserOf(world, "zhaoliu");
    const refused = await logInTo(browser, url);
    assert.deepEqual([refused.status, /不包括这个/.test(refused.text)], [403, true]);
    world.write("roles.yaml", { roles: [role("shop-dev", "shop")] });
    const page = await until(world, "the role in force", async () => {
      const seen = await browser.open(url);
      return seen.status === 200 ? seen : null;
    });
    assert.ok(page.text.includes("core.noop"));
    assert.ok(!page.text.includes("/approve"));
  });
});

describe("a form counts from its own page, once", { concurrency: 2 }, () => {
  async function opened(t: Parameters<typeof openPagedWorld>[0]) {
    const at = await waitingWorld(t);
    const browser = browserOf(at.world, "zhangsan");
    const page = await logInTo(browser, at.url);
    return { ...at, browser, page };
  }

  const send = (from: Awaited<ReturnType<typeof opened>>, fields: Record<string, string>, headers = {}) => {
    const body = new URLSearchParams(fields);
    return from.browser.fetch(`${from.url}/approve`, { method: "POST", body, headers });
  };

  test("without its marks, with those of another session or task, or from another site it does nothing", async (t) => {
    const from = await opened(t);
    const { world, url } = from;
    const fields = hiddenFields(from.page.text);
    const other = browserOf(world, "lisi");
    const theirs = hiddenFields((await logInTo(other, url)).text);
    await drill(world, "2", { detail: { host: "h2" } });
    const second = await openCard(world, "h2");
    const elsewhere = hiddenFields((await from.browser.open(pageOf(world, second))).text);
    const wrong: [Record<string, string>, Record<string, string>][] = [
      [{}, {}],
      [{ ...fields, token: "" }, {}],
      [{ ...fields, nonce: "f".repeat(32) }, {}],
      [{ ...fields, hash: "0".repeat(64) }, {}],
      [theirs, {}],
      [elsewhere, {}],
      [fields, { origin: "https://evil.example" }],
      [fields, { origin: "null" }],
      [fields, { "sec-fetch-site": "cross-site" }],
      [fields, { "sec-fetch-site": "same-site" }],
    ];
    for (const [given, headers] of wrong) {
      const answer = await send(from, given, headers);
      assert.equal(answer.status, 403, JSON.stringify([given, headers]));
    }
    nothingRan(world);
    const { status } = await send(from, fields, { origin: world.url(), "sec-fetch-site": "same-origin" });
    assert.equal(status, 303);
    assert.equal(
      await cardClosed(world, { user: "zhangsan", cardId: (await firstCard(world)).cardId }),
      "成功",
    );
  });

  test("sent twice it has done it once, and says so", async (t) => {
    const from = await opened(t);
    const fields = hiddenFields(from.page.text);
    await send(from, fields);
    await send(from, fields);
    const page = await from.browser.open(from.url);
    assert.match(page.text, /已经提交过|已经有人处理过/);
    assert.equal(await cardClosed(from.world, from.card), "成功");
    assert.equal(runsOf(from.world, "core.noop").length, 1);
  });

  test("of the wrong kind, too long or with a field twice it is refused", async (t) => {
    const from = await opened(t);
    const fields = hiddenFields(from.page.text);
    const post = (body: string, headers: Record<string, string>) => {
      return from.browser.fetch(`${from.url}/approve`, { method: "POST", body, headers });
    };
    const form = new URLSearchParams(fields).toString();
    assert.equal((await post(JSON.stringify(fields), { "content-type": "application/json" })).status, 400);
    assert.equal((await post(`${form}&token=x`, FORM)).status, 400);
    assert.equal((await post(`${form}&reason=${"x".repeat(40_000)}`, FORM)).status, 400);
    assert.equal((await from.browser.fetch(`${from.url}/approve`)).status, 404);
    nothingRan(from.world);
  });

  test("sent after somebody else has decided, or after its login is over, it changes nothing", async (t) => {
    const from = await opened(t);
    await click(from.world, { ...from.card, user: "lisi" }, "reject");
    await cardClosed(from.world, from.card);
    const late = await from.browser.send(from.page, "/approve");
    assert.match(late.text, /已经有人处理过了/);
    from.browser.cookies.delete("whale-session");
    const over = await from.browser.send(from.page, "/approve");
    assert.deepEqual([over.status, /登录已失效/.test(over.text)], [401, true]);
    nothingRan(from.world);
  });

  test("logging out ends it, and no other site can do that", async (t) => {
    const from = await opened(t);
    const body = new URLSearchParams({ nonce: "0".repeat(32), token: "x" });
    const foreign = await from.browser.fetch(`${from.world.url()}/logout`, { method: "POST", body });
    assert.equal(foreign.status, 403);
    assert.equal((await from.browser.open(from.url)).status, 200);
    const form = /<form method="post" action="\/logout">.*?<\/form>/.exec(from.page.text)?.[0] ?? "";
    const out = await from.browser.send({ ...from.page, text: form }, "/logout");
    assert.match(out.text, /您已退出登录/);
    assert.equal((await from.browser.open(from.url)).status, 401);
  });

  async function firstCard(world: World) {
    const item = (world.wecom.chats()["zhangsan"] ?? []).find(({ kind }) => kind === "card");
    return { cardId: item?.kind === "card" ? (item.card.taskId ?? "") : "" };
  }
});

describe("what events say is only text", () => {
  const HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</pre></code><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 | times: 7 }}",
    "&lt;b&gt;",
  ];

  test("in whatever field it comes, it neither becomes markup nor hides", async (t) => {
    const rule = drillRule({ params: { default1: "{{ detail.host }}" }, targets: ["{{ detail.host }}"] });
    const world = await openPagedWorld(t, { files: rule });
    const text = HOSTILE.join(" ");
    await drill(world, "1", {
      title: text,
      labels: { env: text },
      annotations: { summary: text },
      detail: { host: "vm-\u202Egnp.exe", note: text, "<b>k</b>": "p\u0430ypal\u200b.example" },
    });
    const card = await openCard(world, "演练");
    const page = await logInTo(browserOf(world, "zhangsan"), pageOf(world, card));
    assert.equal(page.status, 200);
    assertOnlyOurMarkup(page);
    assert.match(page.text, /vm-⟨U\+202E⟩gnp\.exe/);
    assert.match(page.text, /pа⟨U\+0430⟩ypal⟨U\+200B⟩\.example/);
    assert.match(page.text, /&amp;lt;b&amp;gt;/);
    assert.match(page.text, /\{\{ 7 \| times: 7 \}\}/);
  });
});

function assertOnlyOurMarkup({ text }: Seen): void {
  assert.ok(!/<(script|img|svg|b>k)/i.test(text));
  const known =
    /^<\/?(!doctype|html|head|meta|title|style|body|header|nav|b|span|form|input|button|main|div|h[123]|p|code|a|section|dl|dt|dd|ul|ol|li|label|textarea|details|summary|pre|br|time)\b/;
  for (const [tag] of text.replace(/<style>.*?<\/style>/s, "").matchAll(/<[^>]*>/g)) assert.match(tag, known);
}

describe("addresses lead where they should", () => {
  test("a login sends back to pages of ours alone, and strange paths are no pages", async (t) => {
    const { world, url } = await waitingWorld(t);
    const evil = [
      "//evil.example",
      "https://evil.example/tasks/x",
      "/\\evil.example",
      "/tasks/../../evil",
      "/tasks/t_x",
      "/events/../../evil",
      `${new URL(url).pathname}/output`,
      `${new URL(url).pathname}?x=//evil`,
      "/login",
    ];
    for (const back of evil) {
      const browser = browserOf(world, "zhangsan");
      const done = await browser.open(`${world.url()}/login?${new URLSearchParams({ return: back })}`);
      assert.equal(done.url, `${world.url()}/?in=1`, back);
    }
    const browser = browserOf(world, "zhangsan");
    await logInTo(browser, url);
    const id = url.split("/").at(-1) ?? "";
    const unknown = `t_${"a".repeat(52)}`;
    for (const path of ["x", unknown, id.toUpperCase(), `${id}%00`, `..%2f${id}`, `${id}%2foutput`, "%ff"]) {
      const { status } = await browser.fetch(`${world.url()}/tasks/${path}`);
      assert.ok([400, 404].includes(status), `${path}: ${status}`);
    }
  });

  test("without a public address there are no pages", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule(), env: { WHALE_PUBLIC_URL: "" } });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    assert.equal((await fetch(pageOf(world, card))).status, 404);
    assert.equal((await fetch(`${world.url()}/login`)).status, 404);
  });
});
