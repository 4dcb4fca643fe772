import type { TestContext } from "node:test";
import { type Browser, type Seen, WECOM_AGENT } from "../support/browser.ts";
import { openCard, type World, type WorldOptions } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";
import { browserOf, openPagedWorld } from "./pages.ts";

/** A browser of a member inside WeCom, where a login is silent. */
export function phoneOf(world: World, userId: string, language = "zh-CN"): Browser {
  return browserOf(world, userId, { agent: WECOM_AGENT, language });
}

/** One page as a member sees it. */
export function see(world: World, userId: string, path: string, language?: string): Promise<Seen> {
  return phoneOf(world, userId, language).open(`${world.url()}${path}`);
}

/** The roles of a home, in the place of those of the sample. */
export function rolesFile(...roles: object[]) {
  return { "roles.yaml": { roles } };
}

/** A world in which one drill waits for approval. */
export async function waiting(t: TestContext, options: WorldOptions = {}, fields: object = {}) {
  const world = await openPagedWorld(t, { ...options, files: { ...drillRule(), ...options.files } });
  await drill(world, "1", { title: "磁盘将满", ...fields });
  const card = await openCard(world, "演练");
  return { world, card, taskId: card.cardId.replace(/@\d+$/, "") };
}

/** What a page says under a heading. */
export function under(page: Seen, heading: string): string {
  const sections = page.text.split("<section>").filter((part) => part.startsWith(`<h2>${heading}`));
  return sections[0]?.split("</section>")[0] ?? "";
}
