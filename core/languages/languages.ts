import type { People } from "../people/people.ts";
import type { Language } from "../texts/index.ts";

/** Some people who read a language, as an operator wrote it. */
export interface LanguageGroup {
  language: Language;
  of: People;
}

/** What one person chose for themselves. */
export interface LanguageChoice {
  language: Language;
  /** When, in ISO 8601 with Z. */
  at: string;
}

/**
 * The language of one message to several people, because one message has one text: what most of them read; at a tie the
 * fallback when it is among those, else what stands first. The fallback where there is nobody.
 */
export function commonLanguage(languages: readonly Language[], fallback: Language): Language {
  const counts = new Map<Language, number>();
  for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const read = [...counts].filter(([, count]) => count === most).map(([language]) => language);
  return read.includes(fallback) ? fallback : (read[0] ?? fallback);
}
