import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { startWecomSimulator, type WecomSimulator } from "../../fixtures/simulators/wecom/index.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const PICTURES = process.env["WHALE_PICTURES"] ?? join(tmpdir(), "whale-pictures");

describe("groups and switches in a real browser", {
  skip: !existsSync(CHROMIUM) && "Chromium is missing",
}, () => {
  let sim: WecomSimulator;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    sim = await startWecomSimulator({ callbackUrl: "http://127.0.0.1:9/wecom/callback", retries: 0 });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => faults.push(error.message));
  });

  after(async () => {
    await browser?.close();
    await sim?.close();
  });

  test("the phone lists the groups of its owner and shows what was written there", async () => {
    const { key } = sim.groups.addRobot("运维群");
    sim.groups.addOwn("duty", "商城值班", ["zhangsan", "lisi"]);
    const content = "**磁盘清理**已完成";
    await fetch(`${sim.url}/cgi-bin/webhook/send?key=${key}`, {
      method: "POST",
      body: JSON.stringify({ msgtype: "markdown", markdown: { content } }),
    });
    await page.goto(`${sim.url}/phone?as=zhangsan`);
    await page.getByRole("button", { name: /群 商城值班/ }).waitFor();
    await page.getByRole("button", { name: /群 运维群/ }).click();
    await page.getByText("磁盘清理").waitFor();
    assert.equal(await page.getByRole("textbox").isDisabled(), true);
    await page.screenshot({ path: join(PICTURES, "groups.png") });
    await page.getByRole("button", { name: /王五/ }).click();
    await page.getByText("还没有消息").waitFor();
    assert.equal(await page.getByRole("button", { name: /群 商城值班/ }).count(), 0);
  });

  test("the app's menu stands under the chat, and what is pressed goes to the bot", async () => {
    const { corpId, corpSecret } = sim.company;
    const api = (path: string) => `${sim.url}/cgi-bin/${path}`;
    const got = await fetch(api(`gettoken?corpid=${corpId}&corpsecret=${corpSecret}`));
    const { access_token } = (await got.json()) as { access_token: string };
    const more = { name: "更多", sub_button: [{ type: "click", name: "帮助", key: "HELP" }] };
    await fetch(api(`menu/create?agentid=1000002&access_token=${access_token}`), {
      method: "POST",
      body: JSON.stringify({ button: [{ type: "click", name: "我的授权", key: "MY" }, more] }),
    });
    await page.goto(`${sim.url}/phone?as=lisi`);
    await page.getByRole("button", { name: "我的授权" }).waitFor();
    await page.getByRole("button", { name: "更多", exact: true }).click();
    await page.getByRole("button", { name: "帮助" }).click();
    await sim.waitFor((now) =>
      now.callbacks().some(({ kind, userId }) => kind === "event" && userId === "lisi"),
    );
  });

  test("the panel sets faults, switches and limits", async () => {
    await page.goto(`${sim.url}/panel`);
    await page.getByRole("button", { name: "发送：挂起 5.1 秒" }).click();
    await page.getByText("send · hang").waitFor();
    await page
      .getByRole("button", { name: /IP 不可信（60020）/ })
      .first()
      .click();
    await page.getByLabel("每人每分钟（静默丢弃）", { exact: true }).fill("3");
    await page.getByLabel("每人每分钟（静默丢弃）", { exact: true }).press("Enter");
    await page.getByRole("button", { name: "应用停用（50003）" }).click();
    await page.locator('button[aria-pressed="true"]', { hasText: "应用停用" }).waitFor();
    assert.deepEqual(sim.faults.list()[0], { on: "send", effect: "hang", ms: 5100 });
    assert.deepEqual([sim.limits.get().memberPerMinute, sim.switches.get().closed], [3, true]);
    await page.screenshot({ path: join(PICTURES, "panel.png"), fullPage: true });
    assert.deepEqual(faults, []);
  });
});
