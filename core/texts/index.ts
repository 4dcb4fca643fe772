import type { Language, Texts } from "./catalogue.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export { ADMIN_CAUSES, type AdminCause, type AdminTexts, type AdminWords, adminTextsOf } from "./admin.ts";
export { type BotTexts, botTextsOf } from "./bot.ts";
export { LANGUAGES, type Language, type Texts } from "./catalogue.ts";
export { counted } from "./counted.ts";
export { eachLanguage } from "./each-language.ts";
export { PAGE_ERRORS, type PageError, type PageTexts } from "./page-texts.ts";
export * from "./split.ts";
export { yamlFaultWords } from "./yaml-faults.ts";

const BY_LANGUAGE: Record<Language, Texts> = { zh, en };

/** The texts of a language. */
export function textsOf(language: Language): Texts {
  return BY_LANGUAGE[language];
}
