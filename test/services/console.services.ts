import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { drill, drillRule } from "../scenarios/drill.ts";
import { openPagedWorld } from "../scenarios/pages.ts";
import { noChromium, startChromium } from "../support/chromium.ts";
import { askSurely, cardClosed, click, openCard, until, type World } from "../support/world.ts";

const WIDTHS = [1280, 360];
/** Where the screenshots are left for people to look at. */
const PICTURES = process.env["WHALE_PICTURES"] ?? join(tmpdir(), "whale-pictures");
const LONG = "prod-shanghai-zone-a-kubernetes-worker-node-0137.cluster.internal.example";

describe("the console in a real browser", { skip: noChromium }, () => {
  let browser: Browser;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await startChromium();
  });
  after(async () => browser?.close());

  async function opened(world: World, path: string, options: object = {}): Promise<Page> {
    const page = await (await browser.newContext({ locale: "zh-CN", ...options })).newPage();
    await page.goto(`${world.url()}${path}`);
    await page.getByRole("link", { name: /登录|Log in/ }).click();
    await page.waitForURL(`${world.wecom.url}/**`);
    await page.getByRole("link", { name: /张三/ }).click();
    await page.waitForURL(`${world.url()}${path}*`);
    return page;
  }

  /** At each width nothing may stick out of the page, and nothing that people press may be too small for a thumb. */
  async function fits(page: Page, name: string): Promise<void> {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 812 });
      await page.screenshot({ path: join(PICTURES, `console-${name}-${width}.png`), fullPage: true });
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      assert.ok(Number(wide) <= width, `${name} is ${String(wide)} wide at ${width}`);
    }
    for (const pressed of await page
      .locator("button, .button, nav a, input:not([type=hidden]), select")
      .all()) {
      const box = await pressed.boundingBox();
      assert.ok(box && box.height >= 40, `${await pressed.innerText()} is ${box?.height} high`);
    }
  }

  /** Long names everywhere, a task that waits, one that has ended, a stop and a drain. */
  async function busyWorld(t: Parameters<typeof openPagedWorld>[0]): Promise<World> {
    const world = await openPagedWorld(t, {
      files: drillRule({ title: "生产环境数据库主从延迟过高自动切换" }),
    });
    await drill(world, "1", { title: `<script>alert(1)</script> ${LONG}`, detail: { host: LONG } });
    const card = await openCard(world, "生产环境");
    await click(world, card, "approve");
    await cardClosed(world, card);
    await drill(world, "2", { title: "网卡丢包", severity: "critical", detail: { host: `2.${LONG}` } });
    await openCard(world, "生产环境");
    await askSurely(world, "lisi", `急停 rule=drill ${LONG}`);
    await askSurely(world, "lisi", `排空 hz-core 强制 ${LONG}`);
    return world;
  }

  test("fits a desktop and a phone on every page, in both languages, light and dark", async (t) => {
    const world = await busyWorld(t);
    const page = await opened(world, "/");
    await page.getByText("正在生效的急停").waitFor();
    await fits(page, "overview");
    for (const [name, words] of [
      ["任务", "生产环境"],
      ["事件", "网卡丢包"],
      ["集群", "hz-core"],
    ] as const) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByText(words).first().waitFor();
      assert.equal(await page.locator("nav [aria-current=page]").innerText(), name);
      await fits(page, name);
    }
    const dark = await opened(world, "/", { locale: "en-GB", colorScheme: "dark" });
    await dark.getByText("Ended last").waitFor();
    await fits(dark, "overview-en-dark");
  });

  test("finds an event by its form, and leads from it to its task and back", async (t) => {
    const world = await busyWorld(t);
    const page = await opened(world, "/events");
    await until(world, "both events", async () => {
      await page.reload();
      return (await page.locator("tbody tr").count()) >= 2;
    });
    await page.getByLabel("文字").fill("丢包");
    await page.getByLabel("级别").selectOption("critical");
    await page.getByRole("button", { name: "查找" }).click();
    await page.getByRole("link", { name: "网卡丢包" }).click();
    await page.getByText("各规则的结论").waitFor();
    await fits(page, "event");
    await page.getByRole("link", { name: /生产环境/ }).click();
    await page.getByText("将要执行").waitFor();
    assert.equal(await page.locator("nav [aria-current=true]").innerText(), "任务");
    await page.getByRole("link", { name: "网卡丢包" }).click();
    await page.getByText("各规则的结论").waitFor();
    await page.goto(`${world.url()}/events?q=!!!`);
    await page.getByText("这样查不了").waitFor();
    await fits(page, "events-refused");
  });
});
