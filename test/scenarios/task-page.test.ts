import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { WECOM_AGENT } from "../support/browser.ts";
import { cardClosed, click, message, messagesOf, openCard, runsOf, textOfCard } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";
import { browserOf, logInTo, openPagedWorld, pageOf } from "./pages.ts";

describe("the page of a task", { concurrency: 3 }, () => {
  test("opened in WeCom it shows all that will run, without a question who one is", async (t) => {
    const world = await openPagedWorld(t, {
      files: drillRule({
        params: { default1: "{{ detail.host }}", messages: ["/var/log"] },
        features: [{ path: "detail.host", op: "startswith", value: "h" }],
        targets: ["{{ detail.host }}"],
      }),
    });
    await drill(world, "1", { labels: { env: "prod", api_token: "s3cr3t-value" } });
    const card = await openCard(world, "演练");
    const page = await browserOf(world, "zhangsan", { agent: WECOM_AGENT }).open(pageOf(world, card));
    assert.equal(page.status, 200);
    for (const text of ["core.noop", "h1", "/var/log", "shop", "hz-core", "待授权", "张三", "李四", "prod"]) {
      assert.ok(page.text.includes(text), text);
    }
    assert.match(page.text, /detail\.host startswith &quot;h&quot;/);
    assert.match(page.text, /api_token<\/dt><dd><code>\*{8}/);
    assert.ok(!page.text.includes("s3cr3t-value"));
    assert.ok(!/<script/i.test(page.text));
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(page.headers.get("cache-control"), "no-store");
  });

  test("is what its card links to, in the language that its reader has chosen", async (t) => {
    const languages = [{ language: "en", of: { users: ["zhangsan"] } }];
    const world = await openPagedWorld(t, { files: { ...drillRule(), "languages.yaml": { languages } } });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const url = pageOf(world, card);
    assert.ok(textOfCard(world, card).includes(url));
    const page = await logInTo(browserOf(world, "zhangsan", { language: "zh-CN" }), url);
    assert.match(page.text, /What will run/);
    const other = await logInTo(browserOf(world, "lisi", { language: "zh-CN" }), url);
    assert.match(other.text, /将要执行/);
  });

  test("in another browser a button leads to WeCom's QR code, and back to the page", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const browser = browserOf(world, "lisi", { language: "en-GB,en;q=0.8" });
    const asked = await browser.open(pageOf(world, card));
    assert.equal(asked.status, 401);
    assert.match(asked.text, /Log in with WeCom/);
    const page = await logInTo(browser, pageOf(world, card));
    assert.equal(page.status, 200);
    assert.match(page.text, /What will run/);
    assert.match(page.text, /<html lang="en">/);
  });

  test("approving on it, with a reason, is the same as a click, and starts the work", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const browser = browserOf(world, "lisi");
    const page = await logInTo(browser, pageOf(world, card));
    const after = await browser.send(page, "/approve", { reason: "已核实" });
    assert.match(after.text, /已记录您的决定/);
    assert.equal(await cardClosed(world, card), "成功");
    assert.match(textOfCard(world, card), /李四/);
    assert.equal(runsOf(world, "core.noop").length, 1);
    await message(world, "zhangsan", "李四（已核实） 已批准");
    const ended = await browser.open(pageOf(world, card));
    assert.match(ended.text, /已核实/);
    assert.match(ended.text, /class="state good">成功/);
    assert.ok(!ended.text.includes("/approve"));
    // What the page has said is not said again in chat.
    assert.ok(messagesOf(world, "lisi").every((text) => !text.includes("已记录")));
  });

  test("a rejection that needs a reason is refused without one, and counts with it", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, groups: undefined, reason: "reject" };
    const world = await openPagedWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const browser = browserOf(world, "zhangsan");
    const page = await logInTo(browser, pageOf(world, card));
    assert.match(page.text, /拒绝须写原因/);
    const refused = await browser.send(page, "/reject", { reason: "  " });
    assert.match(refused.text, /原因是空的/);
    const rejected = await browser.send(refused, "/reject", { reason: "今晚不动" });
    assert.match(rejected.text, /已记录您的决定/);
    assert.equal(await cardClosed(world, card), "已拒绝");
  });

  test("a reason that a click in chat waits for can be typed on the page", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, reason: "always" };
    const world = await openPagedWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await message(world, "zhangsan", "请写明原因");
    const browser = browserOf(world, "zhangsan");
    const page = await logInTo(browser, pageOf(world, card));
    assert.match(page.text, /您已点了批准/);
    const after = await browser.send(page, "/reason", { reason: "磁盘确实满了" });
    assert.match(after.text, /已记录您的决定/);
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("the first of two approvals on it is counted, and told once", async (t) => {
    const approval = { from: { users: ["zhangsan", "lisi"] }, need: 2 };
    const world = await openPagedWorld(t, { files: drillRule({ approval }) });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    const browser = browserOf(world, "zhangsan");
    const page = await logInTo(browser, pageOf(world, card));
    const counted = await browser.send(page, "/approve");
    assert.match(counted.text, /还需 1 人/);
    const reloaded = await browser.open(pageOf(world, card));
    assert.ok(!reloaded.text.includes('role="status"'));
    assert.match(reloaded.text, /张三 批准/);
    assert.equal(runsOf(world, "core.noop").length, 0);
    await click(world, { ...card, user: "lisi" }, "approve");
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("who approves chooses on the page what the card offers", async (t) => {
    const choices = [
      {
        name: "default1",
        title: "方式",
        options: [
          { id: "soft", text: "温和", value: "soft" },
          { id: "hard", text: "彻底", value: "hard" },
        ],
      },
    ];
    const world = await openPagedWorld(t, { files: drillRule({ choices }) });
    await drill(world, "1");
    const browser = browserOf(world, "zhangsan");
    const page = await logInTo(browser, pageOf(world, await openCard(world, "演练")));
    assert.match(page.text, /<select name="choice\.default1" required><option value="" selected>请选择/);
    const missing = await browser.send(page, "/approve");
    assert.match(missing.text, /选好每一项/);
    const chosen = await browser.send(missing, "/approve", { "choice.default1": "hard" });
    assert.match(chosen.text, /已记录您的决定/);
    assert.match(chosen.text, /方式: 彻底/);
  });

  test("a long output is shown by its ends, downloaded whole, and who has read it is recorded", async (t) => {
    const params = { host: "vm-pay-app-07", lines: 1000 };
    const world = await openPagedWorld(t, { files: drillRule({ action: "dmesg.show", params }) });
    const lines = Array.from({ length: 400 }, (_, i) => `<6>[${i}.0] line ${i} <b>`);
    writeFileSync(join(world.vms, params.host, "var", "run", "kmsg"), `${lines.join("\n")}\n`);
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await cardClosed(world, card);
    const browser = browserOf(world, "zhangsan");
    const page = await logInTo(browser, pageOf(world, card));
    assert.match(page.text, /中间省略/);
    const file = await browser.fetch(`${pageOf(world, card)}/output`);
    assert.equal(file.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.match(
      file.headers.get("content-disposition") ?? "",
      /^attachment; filename="whale-[a-z2-7]{6}\.txt"$/,
    );
    assert.match(file.headers.get("content-security-policy") ?? "", /sandbox/);
    const whole = await file.text();
    assert.equal(whole.trimEnd().split("\n").length, 400);
    assert.match(page.text, /href="[^"]+\/result" download/);
    const result = await browser.fetch(`${pageOf(world, card)}/result`);
    assert.match(result.headers.get("content-disposition") ?? "", /^attachment; .+-result\.json"$/);
    assert.match(JSON.stringify(JSON.parse(await result.text())), /line 399/);
    const entries = await world.stored((store) => store.audit.read(0, 1000));
    const reads = entries.filter(({ what }) => what === "tasks.output");
    assert.deepEqual(
      reads.map(({ who, detail }) => [who, detail["command"]]),
      [
        ["user:zhangsan", "page"],
        ["user:zhangsan", "download"],
        ["user:zhangsan", "result"],
      ],
    );
  });
});
