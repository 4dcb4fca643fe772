import type { MenuItem, Wecom } from "../../adapters/wecom/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import type { Texts } from "../../core/texts/index.ts";

/** The app's menu: what each button says is a command as people type it. */
export function menuItems({ commands }: Texts): MenuItem[] {
  const { mine, running, help } = commands.menu;
  return [
    { name: mine, says: "tasks mine" },
    { name: running, says: "tasks running" },
    { name: help, says: "help" },
  ];
}

/** Makes the app's menu where there is none. Without it everything can be typed, so that a failure is only told. */
export async function keepMenu({
  wecom,
  texts,
  log,
}: {
  wecom: Pick<Wecom, "ensureMenu">;
  texts: Texts;
  log: Logger;
}): Promise<void> {
  try {
    const outcome = await wecom.ensureMenu(menuItems(texts));
    log.info({ outcome }, "the app's menu was looked at");
  } catch (error) {
    log.warn({ reason: errorText(error) }, "the app's menu could not be looked at; commands can be typed");
  }
}
