import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { postAlert } from "../../bot/cli/demo-script.ts";
import { type DemoWorld, openDemoWorld } from "../../bot/cli/demo-world.ts";
import { noChromium, startChromium } from "../support/chromium.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

/** Where the screenshots are left for people to look at. */
const PICTURES = process.env["WHALE_PICTURES"] ?? join(tmpdir(), "whale-pictures");

describe("the phone page in a real browser", { skip: noChromium }, () => {
  let world: DemoWorld;
  let browser: Browser;
  let page: Page;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    world = await openDemoWorld("0");
    await world.wecom.verifyUrl();
    browser = await startChromium();
    page = await browser.newPage({ viewport: PHONE, deviceScaleFactor: 2 });
    await page.goto(`${world.wecom.url}/phone`);
  });

  after(async () => {
    await browser?.close();
    await world?.close();
  });

  const picture = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

  test("shows the card of an alert, and its buttons approve it to the end", async () => {
    await postAlert(world, "firing-vm-disk-full.json", () => undefined);
    const approve = page.getByRole("button", { name: "批准" });
    await approve.waitFor();
    await picture("1-pending");
    await approve.click();
    await page.getByText("成功").first().waitFor();
    await page.getByText("清理前").first().waitFor();
    await picture("3-finished");
    assert.equal(await page.getByRole("button", { name: "批准" }).count(), 0);
  });

  test("posts the kernel's lines for 查看 and answers what is typed", async () => {
    await postAlert(world, "firing-dmesg-oom.json", () => undefined);
    await page.getByRole("button", { name: "查看日志" }).click();
    await page.getByText("Out of memory").first().waitFor();
    await picture("4-view");
    await page.getByRole("textbox").fill("任务");
    await page.keyboard.press("Enter");
    await page.getByText("最近的任务").waitFor();
    await picture("5-chat");
  });

  test("keeps a running card with 刷新 until its execution ends", async () => {
    world.stackstorm.faults.set({ stuckRequested: 1 });
    await page.getByRole("button", { name: "批准" }).click();
    await page.getByRole("button", { name: "刷新" }).waitFor();
    await page.getByRole("button", { name: "刷新" }).scrollIntoViewIfNeeded();
    await picture("2-running");
  });

  test("goes back to the members, and becomes another one", async () => {
    await page.getByRole("button", { name: "返回" }).click();
    await page.getByText("选择以谁的身份使用手机").waitFor();
    await page.getByRole("button", { name: /^李四/ }).click();
    await page.getByText("以 李四 的身份").waitFor();
    await page.reload();
    await page.getByText("以 李四 的身份").waitFor();
  });

  test("is usable on a desktop too", async () => {
    await page.setViewportSize(DESKTOP);
    await picture("6-desktop");
    assert.ok(await page.getByRole("textbox").isVisible());
  });
});
