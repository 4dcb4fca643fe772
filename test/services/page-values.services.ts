import assert from "node:assert/strict";
import { test } from "node:test";
import { html, markupOf } from "../../bot/pages/html.ts";
import { valueList } from "../../bot/pages/parts.ts";
import { STYLE_ELEMENT } from "../../bot/pages/style.ts";
import { noChromium, startChromium } from "../support/chromium.ts";

const VALUES = {
  target_directories_to_clean: "/var/log/application/service-a/2026-11",
  paths: ["/var/log/nginx", "/var/lib/docker/containers", "/home/app/releases/old"],
  note: "",
};

/** How far the values of a list stand to the right of their names, at some width. */
async function shifts(width: number): Promise<number[]> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const body = html`${STYLE_ELEMENT}<main><section>${valueList(VALUES)}</section></main>`;
    await page.setContent(`<!doctype html>${markupOf(body)}`);
    const left = "(one) => one.getBoundingClientRect().left";
    return await page.evaluate(
      `[...document.querySelectorAll("dd")].map((one) => (${left})(one) - (${left})(one.previousElementSibling))`,
    );
  } finally {
    await browser.close();
  }
}

test("a phone shows parameters below their names, a wide screen beside them", {
  skip: noChromium,
}, async () => {
  assert.deepEqual(await shifts(390), [0, 0, 0]);
  const wide = await shifts(1280);
  assert.ok(wide.length === 3 && wide.every((shift) => shift > 100), wide.join(" "));
});
