import { checkHome } from "./check-home.ts";
import type { CheckOptions } from "./check-source.ts";
import { draftsOf } from "./drafts.ts";
import type { Home } from "./home.ts";
import type { Environment } from "./home-file.ts";
import { type ReadFile, readHomeFolders } from "./home-folders.ts";
import { inOrder, type Problem } from "./problem.ts";
import { checkCompiled, readHome } from "./read-home.ts";
import { readSecretFiles } from "./secret-files.ts";

export interface HomeOptions {
  /** The folder WHALE_HOME. */
  dir: string;
  /** What `${NAME}` in the files stands for. */
  env: Environment;
  /** Now, in milliseconds: a rule may not rely on a policy that has expired. */
  nowMs: number;
  /** Kinds of source that can be read; a source of any other kind is refused. */
  kinds: readonly string[];
  /** What a kind says against a source's `options`; without it no source may have any. */
  checkOptions?: CheckOptions;
  /** Reads one file; the file system when absent. */
  readFile?: ReadFile;
}

/** Either the whole home, or everything that is wrong with it, in the order of file and line. */
export type HomeLoading =
  | { outcome: "loaded"; home: Home; files: string[] }
  | { outcome: "refused"; problems: Problem[] };

/**
 * Reads and checks the configuration of WHALE_HOME. All or nothing: one wrong file refuses the set, so that
 * the one in force before can stay in force. Each file is read once. Problems never hold secrets.
 */
export async function loadHome(options: HomeOptions): Promise<HomeLoading> {
  const texts = await readHomeFolders(options.dir, options.readFile);
  const drafts = await readSecretFiles(draftsOf(texts, options.env), options.readFile);
  const problems = [...drafts.problems, ...checkHome(drafts, options)];
  if (problems.length > 0) return { outcome: "refused", problems: inOrder(problems) };
  const home = readHome(drafts);
  const refused = checkCompiled(home, drafts);
  if (refused.length > 0) return { outcome: "refused", problems: inOrder(refused) };
  return { outcome: "loaded", home, files: texts.texts.map(({ file }) => file) };
}
