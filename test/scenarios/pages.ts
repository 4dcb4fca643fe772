import type { TestContext } from "node:test";
import { type Browser, openBrowser, type Seen } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

/** A world whose pages can be reached. */
export async function openPagedWorld(test: TestContext, options: WorldOptions = {}): Promise<World> {
  const port = String(await freePort());
  const env = { PORT: port, WHALE_PUBLIC_URL: `http://127.0.0.1:${port}`, ...options.env };
  return openWorld(test, { ...options, env });
}

/** A browser in which a member logs in whenever WeCom asks who it is. */
export function browserOf(
  world: World,
  userId: string,
  options: { agent?: string; language?: string } = {},
): Browser {
  return openBrowser({ ...options, pass: (url) => loggedIn(world, userId, url) });
}

/** Where WeCom sends a browser on that asked to log in. */
export function loggedIn(world: World, userId: string, url: string): string {
  return url.startsWith(world.wecom.url) ? world.wecom.logIn(url, userId) : url;
}

/** The address of the page of a card's task. */
export function pageOf(world: World, { cardId }: { cardId: string }): string {
  return `${world.url()}/tasks/${cardId.replace(/@\d+$/, "")}`;
}

/** Opens a page in an ordinary browser, by the button that begins a login. */
export async function logInTo(browser: Browser, url: string): Promise<Seen> {
  const asked = await browser.open(url);
  const link = /href="([^"]*\/login\?[^"]+)"/.exec(asked.text)?.[1]?.replaceAll("&amp;", "&");
  return link === undefined ? asked : browser.open(new URL(link, asked.url).href);
}
