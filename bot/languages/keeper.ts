import { errorText, isChatOpsError } from "../../core/errors.ts";
import { commonLanguage, type LanguageGroup } from "../../core/languages/index.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { Clock, Directory, Logger, StateStore } from "../../core/ports/index.ts";
import { type Language, type Texts, textsOf } from "../../core/texts/index.ts";

/** Who reads which language: as they chose, as `languages.yaml` says, else the process's own. */
export interface Languages {
  /** The language of one message to some people. Never fails: what cannot be looked up counts as not written. */
  of(userIds: readonly string[]): Promise<Language>;
  /** The same people, apart by what they read, for what is written to each. Never fails. */
  apart(userIds: readonly string[]): Promise<string[][]>;
  /** What one person reads by their own choice or by the file; null when neither says. Never fails. */
  stated(userId: string): Promise<Language | null>;
  /** The texts of a message to one person. */
  textsFor(userId: string): Promise<Texts>;
  /** What a person wants to read from now on; null: as it would be without their choice. */
  choose(userId: string, language: Language | null): Promise<void>;
}

export interface LanguagesDeps {
  state: StateStore;
  /** What `languages.yaml` says now; the first group that a person belongs to counts. */
  groups: () => readonly LanguageGroup[];
  directory: Pick<Directory, "expand">;
  /** Of whom nothing else is known. */
  fallback: Language;
  clock: Clock;
  log: Logger;
}

export function createLanguages(deps: LanguagesDeps): Languages {
  const { state, groups, fallback, log } = deps;
  let seen = -1;
  let chosen = new Map<string, Language>();

  const refresh = async (): Promise<void> => {
    try {
      const version = await state.version();
      if (version === seen) return;
      const documents = await state.list("language");
      chosen = new Map(documents.map(({ name, body }) => [name, body.language]));
      seen = version;
    } catch (error) {
      log.warn({ reason: errorText(error) }, "chosen languages could not be read, those read before count");
    }
  };

  const each = async (userIds: readonly string[]): Promise<Map<string, Language>> => {
    await refresh();
    const people = [...new Set(userIds.map(normaliseUserId))];
    const open = people.filter((userId) => !chosen.has(userId));
    const written = open.length > 0 ? await writtenLanguages(groups(), deps) : new Map<string, Language>();
    return new Map(people.map((id) => [id, chosen.get(id) ?? written.get(id) ?? fallback]));
  };
  const of = async (userIds: readonly string[]) =>
    commonLanguage([...(await each(userIds)).values()], fallback);
  const apart = async (userIds: readonly string[]): Promise<string[][]> => {
    const languages = await each(userIds);
    const readers = new Map<Language, string[]>();
    for (const userId of userIds) {
      const language = languages.get(normaliseUserId(userId)) ?? fallback;
      readers.set(language, [...(readers.get(language) ?? []), userId]);
    }
    return [...readers.values()];
  };
  const stated = async (userId: string): Promise<Language | null> => {
    await refresh();
    const id = normaliseUserId(userId);
    return chosen.get(id) ?? (await writtenLanguages(groups(), deps)).get(id) ?? null;
  };
  return {
    of,
    apart,
    stated,
    textsFor: async (userId) => textsOf(await of([userId])),
    choose: (userId, language) => choose(normaliseUserId(userId), language, deps),
  };
}

/** By userid, what the groups say; an earlier group counts before a later one. */
async function writtenLanguages(
  groups: readonly LanguageGroup[],
  { directory, log }: Pick<LanguagesDeps, "directory" | "log">,
): Promise<Map<string, Language>> {
  const languages = new Map<string, Language>();
  for (const { language, of } of groups) {
    const members = await directory.expand(of).catch((error: unknown) => {
      if (!isChatOpsError(error)) throw error;
      log.warn({ language, reason: error.message }, "who reads a language cannot be looked up");
      return of.users ?? [];
    });
    for (const userId of members) {
      if (!languages.has(userId)) languages.set(userId, language);
    }
  }
  return languages;
}

async function choose(
  userId: string,
  language: Language | null,
  { state, clock, log }: LanguagesDeps,
): Promise<void> {
  const current = await state.get("language", userId);
  if (language === null) {
    if (current) await state.remove("language", userId, current.revision);
  } else {
    const at = new Date(clock.nowMs()).toISOString();
    const expected = current?.revision ?? null;
    // Whoever loses a race against their own other message may send it again.
    await state.put({ kind: "language", name: userId, expected, body: { language, at } });
  }
  log.info({ by: userId, language }, "language chosen");
}
