import { checkHome } from "./check-home.ts";
import type { CheckOptions } from "./check-source.ts";
import type { CronFault } from "./check-window.ts";
import { type Drafts, draftsOf, nameField } from "./drafts.ts";
import type { Home } from "./home.ts";
import type { Environment, FileText, HomeFile } from "./home-file.ts";
import { type FolderOptions, readHomeFolders } from "./home-folders.ts";
import { textAt } from "./look.ts";
import { inOrder, type Problem } from "./problem.ts";
import { checkCompiled, readHome } from "./read-home.ts";
import { readSecretFiles } from "./secret-files.ts";

export interface HomeOptions extends FolderOptions {
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
  /** What is wrong with a cron expression. */
  cronFault: CronFault;
}

/** Either the whole home, or everything that is wrong with it, in the order of file and line. */
export type HomeLoading =
  | { outcome: "loaded"; home: Home; files: HomeFile[] }
  | { outcome: "refused"; problems: Problem[] };

/**
 * Reads and checks the configuration of WHALE_HOME. All or nothing: one wrong file refuses the set, so that
 * the one in force before can stay in force. Each file is read once. Problems never hold secrets.
 */
export async function loadHome(options: HomeOptions): Promise<HomeLoading> {
  const texts = await readHomeFolders(options.dir, options);
  const drafts = await readSecretFiles(draftsOf(texts, options.env), options.readFile);
  const problems = [...drafts.problems, ...checkHome(drafts, options)];
  if (problems.length > 0) return { outcome: "refused", problems: inOrder(problems) };
  const home = readHome(drafts);
  const refused = checkCompiled(home, drafts);
  if (refused.length > 0) return { outcome: "refused", problems: inOrder(refused) };
  return { outcome: "loaded", home, files: filesOf(texts.texts, drafts) };
}

function filesOf(texts: readonly FileText[], { located }: Drafts): HomeFile[] {
  const names = new Map(located.map((one) => [one.file, textAt(one, [nameField(one.kind)]) ?? ""]));
  return texts.map((text) => ({ ...text, name: names.get(text.file) ?? "" }));
}
