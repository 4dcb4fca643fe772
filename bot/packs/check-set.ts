import { errorText } from "../../core/errors.ts";
import {
  type ActionUse,
  afterExceptions,
  checkContent,
  checkInUse,
  checkRequirements,
  checkSecrets,
  checkSizes,
  errorOf,
  type FetchedRepo,
  filesOf,
  type PackContent,
  type PackProblem,
  type PackSet,
  type ReleasePlan,
  warningOf,
} from "../../core/releases/index.ts";
import type { PackTools } from "./tools.ts";

export interface ToCheck {
  set: PackSet;
  repos: readonly FetchedRepo[];
  /** What reading them found already. */
  problems: readonly PackProblem[];
  /** What of Whale names actions. */
  uses: readonly ActionUse[];
  /** Against what is released now, where that is known. */
  plan?: ReleasePlan;
}

type CheckTools = Pick<PackTools, "python" | "registry">;

/** What can be said of one pack where it is written: all but what needs its set, a cluster or an index of packages. */
export async function checkFolder(
  folder: string,
  tools: Pick<PackTools, "format" | "openTree" | "python" | "registry">,
  signal: AbortSignal,
): Promise<PackProblem[]> {
  const tree = await tools.openTree("", folder);
  const { packs, problems } = tools.format.read(tree, ["."]);
  const repos: FetchedRepo[] = [{ name: "", tree, packs }];
  return [
    ...[...problems, ...checkContent(repos), ...checkSizes(repos)],
    ...[...checkRequirements(repos), ...checkSecrets(repos)],
    ...(await checkPython(repos, tools, signal)),
  ];
}

/** Every check of a set, with what the set leaves out let pass. What could not be checked is a warning. */
export async function checkSet(
  { set, repos, problems, uses, plan }: ToCheck,
  tools: CheckTools,
  signal: AbortSignal,
): Promise<PackProblem[]> {
  const packs = repos.flatMap((repo) => repo.packs);
  const found = [
    ...problems,
    ...checkContent(repos),
    ...checkSizes(repos),
    ...checkRequirements(repos),
    ...checkSecrets(repos),
    ...checkInUse(packs, uses, plan),
    ...(await checkPython(repos, tools, signal)),
    ...(await checkResolvable(repos, tools, signal)),
    ...(await checkWorkflows(set, repos, tools)),
  ];
  return afterExceptions(found, set.checks);
}

const LARGEST_CODE = 1_048_576;

async function checkPython(
  repos: readonly FetchedRepo[],
  { python }: CheckTools,
  signal: AbortSignal,
): Promise<PackProblem[]> {
  const problems: PackProblem[] = [];
  for (const { name, tree, packs } of repos) {
    const paths = packs.flatMap((pack) => filesOf(tree.files, pack)).filter((file) => file.endsWith(".py"));
    const small = [...new Set(paths)].filter((file) => tree.size(file) <= LARGEST_CODE);
    const read = await python.syntax(
      small.map((file) => ({ file, text: tree.read(file) })),
      signal,
    );
    if (read.outcome === "unknown") {
      problems.push(
        notChecked("python", name, { zh: "Python 语法没有检查", en: "Python syntax", why: read.message }),
      );
      continue;
    }
    for (const { file, line, message } of read.faults) {
      const words = { zh: `Python 语法错误：${message}`, en: `Python syntax: ${message}` };
      problems.push(errorOf("python", name, { file, line, ...words }));
    }
  }
  return problems;
}

async function checkResolvable(
  repos: readonly FetchedRepo[],
  { python }: CheckTools,
  signal: AbortSignal,
): Promise<PackProblem[]> {
  const problems: PackProblem[] = [];
  for (const { name, packs } of repos) {
    for (const pack of packs) {
      const lines = pack.requirements.filter((line) => /^[A-Za-z0-9]/.test(line) && !line.includes("://"));
      const asked = await python.requirements(lines, signal);
      if (asked.outcome === "resolvable") continue;
      const at = { pack: pack.ref, file: requirementsFile(pack) };
      if (asked.outcome === "unresolvable") {
        const words = { zh: `依赖装不上：${asked.message}`, en: `cannot be installed: ${asked.message}` };
        problems.push(errorOf("requirements", name, { ...at, ...words }));
        continue;
      }
      const words = { zh: "依赖能否安装没有检查", en: "whether it can be installed", why: asked.message };
      problems.push({ ...notChecked("requirements", name, words), ...at });
    }
  }
  return problems;
}

function requirementsFile({ path }: PackContent): string {
  return path === "." ? "requirements.txt" : `${path}/requirements.txt`;
}

/** A workflow is judged by the first of the set's clusters that answers. */
async function checkWorkflows(
  set: PackSet,
  repos: readonly FetchedRepo[],
  { registry }: CheckTools,
): Promise<PackProblem[]> {
  const problems: PackProblem[] = [];
  const workflows = repos.flatMap(({ name, tree, packs }) =>
    packs.flatMap(({ ref, items }) =>
      items.flatMap(({ workflow, entryPoint }) =>
        workflow && tree.files.includes(entryPoint) ? [{ name, tree, ref, file: entryPoint }] : [],
      ),
    ),
  );
  for (const { name, tree, ref, file } of workflows) {
    const found = registry
      ? await inspect(registry, set.clusters, tree.read(file))
      : { outcome: "unknown" as const, why: "没有问集群 (no cluster was asked)" };
    if (found.outcome === "unknown") {
      const words = { zh: "工作流没有由集群检查", en: "workflows by a cluster", why: found.why };
      return [...problems, notChecked("workflow", name, words)];
    }
    for (const { message, path } of found.faults) {
      const where = path === "" ? message : `${path}: ${message}`;
      problems.push(errorOf("workflow", name, { pack: ref, file, zh: `工作流有误：${where}`, en: where }));
    }
  }
  return problems;
}

type Inspected =
  | { outcome: "inspected"; faults: { message: string; path: string }[] }
  | { outcome: "unknown"; why: string };

async function inspect(
  registry: NonNullable<CheckTools["registry"]>,
  clusters: readonly string[],
  definition: string,
): Promise<Inspected> {
  let why = "";
  for (const cluster of clusters) {
    try {
      return { outcome: "inspected", faults: await registry.inspect(cluster, definition) };
    } catch (error) {
      why = errorText(error);
    }
  }
  return { outcome: "unknown", why };
}

function notChecked(
  check: "python" | "requirements" | "workflow",
  repo: string,
  { zh, en, why }: { zh: string; en: string; why: string },
): PackProblem {
  return warningOf(check, repo, { zh: `${zh}：${why}`, en: `not checked: ${en}: ${why}` });
}
