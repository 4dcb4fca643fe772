import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { postAlert } from "../../bot/cli/demo-script.ts";
import { openDemoWorld } from "../../bot/cli/demo-world.ts";
import { drill, drillRule, SOON } from "../scenarios/drill.ts";
import { openPagedWorld, pageOf } from "../scenarios/pages.ts";
import { WECOM_AGENT } from "../support/browser.ts";
import { noChromium, startChromium } from "../support/chromium.ts";
import {
  cardClosed,
  click,
  FIXTURES,
  openCard,
  post,
  type SeenCard,
  until,
  type World,
} from "../support/world.ts";

const WIDTHS = [375, 1280];

/** A rule beside the drill's, of which the run prints much. */
function longRule(params: object): Record<string, object> {
  const type = { type: "long-drill", title: "长输出", owner: "tests", subject: "{{ detail.host }}" };
  const over = { id: "long-drill", title: "长输出", on: ["long-drill"], action: "dmesg.show", params };
  const { "rules/long-drill.yaml": rule = {} } = drillRule(over);
  return { "event-types/long-drill.yaml": type, "rules/long-drill.yaml": rule };
}

/** Where the screenshots are left for people to look at. */
const PICTURES = process.env["WHALE_PICTURES"] ?? join(tmpdir(), "whale-pictures");

describe("task pages in a real browser", { skip: noChromium }, () => {
  let browser: Browser;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await startChromium();
  });
  after(async () => browser?.close());

  /** A page that is logged in as a member by the simulator's own choice of who one is. */
  async function opened(
    world: World,
    url: string,
    { as = "张三", ...options }: { as?: string; locale?: string; colorScheme?: "dark" | "light" } = {},
  ): Promise<Page> {
    const { locale = "zh-CN", colorScheme = "light" } = options;
    const page = await (await browser.newContext({ locale, colorScheme, deviceScaleFactor: 2 })).newPage();
    await page.goto(url);
    await page.getByRole("link", { name: /登录|Log in/ }).click();
    await page.waitForURL(`${world.wecom.url}/**`);
    await page.getByRole("link", { name: new RegExp(as) }).click();
    await page.waitForURL(`${world.url()}/**`);
    return page;
  }

  /** Taken at each width. Nothing may stick out of a page, and nothing that people press may be too small for a thumb. */
  async function pictures(page: Page, name: string): Promise<void> {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 812 });
      await page.screenshot({ path: join(PICTURES, `page-${name}-${width}.png`), fullPage: true });
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      assert.ok(Number(wide) <= width, `${name} is ${String(wide)} wide at ${width}`);
    }
    for (const button of await page.locator("button, .button").all()) {
      const box = await button.boundingBox();
      assert.ok(box && box.height >= 40, `${await button.innerText()} is ${box?.height} high`);
    }
  }

  async function diskAlert(world: World): Promise<SeenCard> {
    const body = readFileSync(join(FIXTURES, "events", "alertmanager", "firing-vm-disk-full.json"));
    assert.equal((await post(world, "alertmanager", body)).status, 202);
    return openCard(world, "磁盘清理");
  }

  test("waits for a decision, in both languages and in the dark, and takes it with its reason", async (t) => {
    const world = await openPagedWorld(t);
    const card = await diskAlert(world);
    const page = await opened(world, pageOf(world, card));
    await pictures(page, "1-pending");
    await page.locator("details").nth(2).locator("summary").click();
    await pictures(page, "1-pending-detail");
    const dark = await opened(world, pageOf(world, card), { locale: "en-GB", colorScheme: "dark" });
    await pictures(dark, "1-pending-dark-en");
    await page.getByLabel("原因").fill("已与业务确认，可以清理");
    await page.getByRole("button", { name: "批准" }).click();
    await page.getByText("已记录您的决定").waitFor();
    await pictures(page, "2-decided");
    await cardClosed(world, card);
    await page.getByRole("link", { name: "刷新" }).click();
    await page.getByText("成功").first().waitFor();
    await pictures(page, "3-succeeded");
    await page.getByRole("button", { name: "退出" }).click();
    await page.getByText("您已退出登录").waitFor();
    await pictures(page, "9-logged-out");
  });

  test("is reached by the keyboard alone", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule() });
    await drill(world, "1");
    const page = await opened(world, pageOf(world, await openCard(world, "演练")));
    const reached: string[] = [];
    for (let n = 0; n < 16; n++) {
      await page.keyboard.press("Tab");
      reached.push(
        String(await page.evaluate("document.activeElement.id || document.activeElement.innerText")),
      );
    }
    for (const name of ["退出", "刷新", "reason", "批准", "拒绝"]) assert.ok(reached.includes(name), name);
  });

  test("shows a run under way, and the two ends of a long output", async (t) => {
    const params = { host: "vm-pay-app-07", lines: 1000 };
    const world = await openPagedWorld(t, {
      files: { ...drillRule({ action: "core.sleep", params: { seconds: 600 } }), ...longRule(params) },
    });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await until(world, "a run", () => world.stackstorm.rows().some(({ status }) => status === "running"));
    const page = await opened(world, pageOf(world, card));
    await page.getByText("执行中").first().waitFor();
    await pictures(page, "4-running");
    const lines = Array.from({ length: 400 }, (_, i) => `<6>[${i}.25] eth0: link is down, line ${i}`);
    writeFileSync(join(world.vms, params.host, "var", "run", "kmsg"), `${lines.join("\n")}\n`);
    await drill(world, "2", { event_type: "long-drill" });
    const long = await openCard(world, "长输出");
    await click(world, long, "approve");
    await cardClosed(world, long);
    await page.goto(pageOf(world, long));
    await page.getByText("中间省略").first().waitFor();
    await pictures(page, "5-long-output");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "下载完整输出" }).click();
    assert.match((await download).suggestedFilename(), /^whale-[a-z2-7]{6}\.txt$/);
  });

  test("says what is known of a start that cannot be found", async (t) => {
    const settings = { ...SOON, startWindowMs: 250, unknownGiveUpMs: 600_000 };
    const world = await openPagedWorld(t, { files: drillRule(), settings });
    await world.stackstorm.faults.set({ answer502Html: 1, answerFaultMethods: ["POST"] });
    await drill(world, "1");
    await click(world, await openCard(world, "演练"), "approve");
    const question = await openCard(world, "无法确认是否已启动");
    const page = await opened(world, pageOf(world, question));
    await page.getByText("再次启动可能重复执行").waitFor();
    await pictures(page, "6-unknown");
  });

  test("tells who may not read it whom to ask, and who cannot log in what to do", async (t) => {
    const world = await openPagedWorld(t, { files: drillRule() });
    await drill(world, "1");
    const url = pageOf(world, await openCard(world, "演练"));
    const denied = await opened(world, url, { as: "赵六" });
    await denied.getByText("您不能查看这个任务").waitFor();
    await pictures(denied, "7-denied");
    const outsider = await opened(world, url, { as: "企业外的人" });
    await outsider.getByText("只限企业成员").waitFor();
    await pictures(outsider, "8-login-error");
    const fresh = await (await browser.newContext({ locale: "zh-CN", deviceScaleFactor: 2 })).newPage();
    await fresh.goto(url);
    await pictures(fresh, "8-login");
    const inChat = await (await browser.newContext({ userAgent: WECOM_AGENT })).newPage();
    await inChat.goto(url);
    assert.ok(inChat.url().startsWith(`${world.wecom.url}/connect/oauth2/authorize`));
  });

  test("is what a card of the demo leads to, by the phone's own link and a login that is played", async (t) => {
    const world = await openDemoWorld("0");
    t.after(() => world.close());
    await world.wecom.verifyUrl();
    await postAlert(world, "firing-vm-disk-full.json", () => undefined);
    const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 390, height: 844 } });
    const phone = await context.newPage();
    await phone.goto(`${world.wecom.url}/phone`);
    const opening = context.waitForEvent("page");
    await phone.getByRole("button", { name: "查看详情" }).first().click();
    const page = await opening;
    await page.getByRole("link", { name: /登录/ }).click();
    await page.getByRole("link", { name: /张三/ }).click();
    await page.getByRole("button", { name: "批准" }).click();
    await page.getByText("已记录您的决定").waitFor();
    await phone.getByText("成功").first().waitFor();
  });
});
