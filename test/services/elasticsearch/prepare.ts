import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..", "..", "..");
const POM = join(HERE, "pom.xml");
const POM_TEXT = readFileSync(POM, "utf8");
/** The release that the tests run on. */
export const ELASTICSEARCH_VERSION = /<version>(\d+\.\d+\.\d+)</.exec(POM_TEXT)?.[1] ?? "";
const LONGEST_MS = 300_000;

/** A node that can be started, or why there is none. */
export type Prepared = { outcome: "ready"; classPath: string } | { outcome: "missing"; reason: string };

/**
 * Brings Elasticsearch's server library with Maven and compiles what makes a node of it, once: both are kept in
 * `node_modules/.cache`. Nothing is brought where a cache of the same sources is there.
 */
export function prepareElasticsearch(): Prepared {
  for (const program of ["java", "javac", "mvn"]) {
    const { error } = spawnSync(program, ["-version"], { stdio: "ignore" });
    if (error)
      return { outcome: "missing", reason: `${program} is not here (openjdk-17-jdk-headless, maven)` };
  }
  const sources = globSync("java/**/*.java", { cwd: HERE }).map((file) => join(HERE, file));
  const folder = cacheFolder(sources);
  const library = join(folder, "library");
  const classes = join(folder, "classes");
  const ready: Prepared = { outcome: "ready", classPath: `${classes}:${join(library, "*")}` };
  if (existsSync(join(folder, "done"))) return ready;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const copy = ["-B", "-q", "-f", POM, "dependency:copy-dependencies", `-DoutputDirectory=${library}`];
  const problem =
    run("mvn", copy) ?? run("javac", ["-nowarn", "-cp", join(library, "*"), "-d", classes, ...sources]);
  if (problem !== null) return { outcome: "missing", reason: problem };
  mkdirSync(join(folder, "done"));
  return ready;
}

function cacheFolder(sources: readonly string[]): string {
  const hash = createHash("sha256").update(POM_TEXT);
  for (const file of sources.toSorted()) hash.update(readFileSync(file));
  const name = `elasticsearch-${ELASTICSEARCH_VERSION}-${hash.digest("hex").slice(0, 12)}`;
  return join(ROOT, "node_modules", ".cache", "whale", name);
}

function run(program: string, args: readonly string[]): string | null {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: LONGEST_MS });
  if (status === 0) return null;
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(0, 3).join(" | ");
  return `${program} failed: ${said.slice(0, 400)}`;
}
