import type { Language } from "../../../core/texts/index.ts";
import type { Languages } from "../../languages/index.ts";
import type { Viewer } from "../../workers/index.ts";
import type { Asked, ChatCommands } from "../command.ts";

export interface ChatLanguageDeps {
  languages: Pick<Languages, "choose">;
  view: Viewer;
}

/** What people write for a language; null: as it would be without a choice of theirs. */
const MEANT: ReadonlyMap<string, Language | null> = new Map([
  ...(["zh", "中文", "chinese"] as const).map((word) => [word, "zh"] as const),
  ...(["en", "英文", "english"] as const).map((word) => [word, "en"] as const),
  ...(["auto", "默认"] as const).map((word) => [word, null] as const),
]);

/** `language zh|en|auto`: in which language everything is told to this person. */
export function languageCommands({ languages, view }: ChatLanguageDeps): Pick<ChatCommands, "language"> {
  const run = async ({ by, args, viewing }: Asked): Promise<string> => {
    const meant = MEANT.get((args.word ?? "").normalize("NFKC").toLowerCase());
    if (meant === undefined) return viewing.texts.commands.languageUsage;
    await languages.choose(by, meant);
    return (await view(null, [by])).texts.commands.languageChosen;
  };
  return { language: { run } };
}
