import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { createMetrics, systemClock } from "../../adapters/telemetry/index.ts";
import { createWecom, type Wecom } from "../../adapters/wecom/index.ts";
import { LANGUAGES } from "../../core/texts/index.ts";
import { startWecomSimulator, type WecomSimulator } from "../../fixtures/simulators/wecom/index.ts";
import { silentLog } from "../support/log.ts";
import { gallery } from "./gallery.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
/** As wide as a phone, and as high as the longest card. */
const PHONE = { width: 390, height: 1_400 };

/** Where the pictures are left for people to look at. */
const PICTURES = join(process.env["WHALE_PICTURES"] ?? join(tmpdir(), "whale-pictures"), "cards");

describe("every card on a phone", { skip: !existsSync(CHROMIUM) && "Chromium is missing" }, () => {
  let simulator: WecomSimulator;
  let wecom: Wecom;
  let browser: Browser;
  let page: Page;

  before(async () => {
    mkdirSync(PICTURES, { recursive: true });
    simulator = await startWecomSimulator({
      ...{ callbackUrl: "http://127.0.0.1:9/wecom/callback", droppedPerMinute: 1_000 },
    });
    const { corpId, corpSecret, agentId, token, encodingAesKey } = simulator.company;
    const config = { apiBase: simulator.url, corpId, corpSecret, agentId, token, encodingAesKey };
    const metrics = createMetrics({ prefix: "gallery" });
    wecom = createWecom(config, { clock: systemClock, log: silentLog, metrics });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await browser.newPage({ viewport: PHONE, deviceScaleFactor: 2 });
  });

  after(async () => {
    await browser?.close();
    wecom?.close();
    await simulator?.close();
  });

  for (const [at, language] of LANGUAGES.entries()) {
    const reader = ["zhangsan", "lisi"][at] ?? "wangwu";
    test(`is drawn within its width, in ${language}`, async () => {
      const { messenger } = wecom;
      const shown = gallery(language);
      for (const { name, card, becomes } of shown) {
        const sending = { cardId: `${name}-${language}@1`, recipients: [reader], card, mayBeRepeat: false };
        const { code } = await messenger.sendCard(sending);
        if (!becomes) continue;
        const updating = { recipients: [reader], code: code ?? "", card: becomes, mayBeRepeat: false };
        assert.equal(await messenger.updateCard(updating), "updated");
      }
      await page.goto(`${simulator.url}/phone?as=${reader}`);
      const cards = page.locator("article.card");
      await cards.nth(shown.length - 1).waitFor();
      for (const [i, { name }] of shown.entries()) {
        const one = cards.nth(i);
        await one.screenshot({ path: join(PICTURES, `${name}-${language}.png`) });
        const wide = await one.evaluate((node) => node.scrollWidth > node.clientWidth);
        assert.equal(wide, false, `${name} is wider than its card`);
      }
    });
  }
});
