import { join } from "node:path";
import type { JsonObject } from "../../core/ids/index.ts";
import type { Overlay } from "./home-folders.ts";
import { type HomeLoading, type HomeOptions, loadHome } from "./load-home.ts";
import { formatProblems, type Problem } from "./problem.ts";
import { placeholderProblems, typeDefinition, typeText } from "./type-text.ts";
import { type HomeWatch, type HomeWatchOptions, stampOf, watchHome } from "./watch-home.ts";
import { readText, replaceFile } from "./write-file.ts";

/** As for loading once; the time is asked for at each loading. */
export type HomeFolderOptions = Omit<HomeOptions, "nowMs" | "overlay"> & { nowMs: () => number };

/** WHALE_HOME as a running process reads and edits it. Paths are below it, with forward slashes. */
export interface HomeFolder {
  /** Reads and checks all of it, as it is or as it would be with other texts. Nothing is written. */
  load(overlay?: Overlay): Promise<HomeLoading>;
  /** A file's text now; null when there is none. */
  read(file: string): Promise<string | null>;
  /** Replaces a file as a whole, or with null removes it; durable when it returns. */
  write(file: string, text: string | null): Promise<void>;
  /** What the text of an event type's file says. */
  definition(text: string): JsonObject;
  /** The text for a definition; comments of the text before stay where they can. */
  textOf(definition: JsonObject, before: string | null): string;
  /** Where a definition that came over the network says what only a file may say. */
  checkForeign(file: string, definition: JsonObject): Problem[];
  /** Calls after each change of its files since they were last loaded, by whoever. */
  watch(given: Pick<HomeWatchOptions, "everyMs" | "onChange">): HomeWatch;
  /** Problems as lines of text. */
  describe(problems: readonly Problem[]): string;
}

/** Opens a home. */
export function createHomeFolder({ nowMs, ...options }: HomeFolderOptions): HomeFolder {
  let loaded = "";
  const pathOf = (file: string) => join(options.dir, file);
  return {
    load: async (overlay) => {
      // Before they are read: what changes meanwhile is loaded once more.
      if (!overlay) loaded = await stampOf(options.dir);
      return loadHome({ ...options, nowMs: nowMs(), ...(overlay ? { overlay } : {}) });
    },
    read: (file) => readText(pathOf(file)),
    write: (file, text) => replaceFile(pathOf(file), text),
    definition: typeDefinition,
    textOf: typeText,
    checkForeign: placeholderProblems,
    watch: (given) => watchHome({ dir: options.dir, loaded: () => loaded, ...given }),
    describe: formatProblems,
  };
}
