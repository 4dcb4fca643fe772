import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/**
 * `npm test`: everything that needs no outside server. Files of one group share a process, since most of a file's time
 * would go into loading the product anew; groups run beside each other. `npm test -- core bot/http` runs what begins so.
 */
const GROUPS: readonly (readonly string[])[] = [
  ["scenarios/"],
  ["adapters/sqlite/", "adapters/redis/"],
  ["bot/cli/"],
  ["core/"],
  ["bot/http/"],
  ["bot/"],
  ["adapters/"],
  ["fixtures/"],
  [""],
];
const AT_ONCE = Math.max(2, Math.min(4, availableParallelism()));
const SEED = join(import.meta.dirname, "support", "property-seed.ts");
/** So many characters of what a group printed before it died. */
const DYING_WORDS = 2_000;
const COUNTS = ["tests", "pass", "fail", "cancelled", "skipped"] as const;

type Counts = Record<(typeof COUNTS)[number], number>;
interface Result {
  counts: Counts;
  isGreen: boolean;
  /** What the reporter says of the tests that failed. */
  failures: string;
}

/** Each file in the first group that takes it. */
function grouped(files: readonly string[]): string[][] {
  const groups: string[][] = GROUPS.map(() => []);
  for (const file of files) {
    const at = GROUPS.findIndex((starts) => starts.some((start) => file.startsWith(start)));
    groups[at]?.push(file);
  }
  return groups.filter((group) => group.length > 0);
}

/** What it prints is shown at its end, so that groups do not mix. */
function runGroup(files: readonly string[]): Promise<Result> {
  const args = ["--import", SEED, "--test", "--test-isolation=none", "--test-reporter=spec"];
  const paths = files.map((file) => join(import.meta.dirname, file));
  const child = spawn(process.execPath, [...args, ...paths], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      process.stdout.write(text);
      resolve({ counts: countsOf(text), isGreen: code === 0, failures: failuresIn(text) });
    });
  });
}

function countsOf(text: string): Counts {
  const numbers = COUNTS.map((name) => [
    name,
    Number(new RegExp(`^ℹ ${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0),
  ]);
  return Object.fromEntries(numbers) as Counts;
}

/** The reporter's last part. A group that died before it has its last lines instead. */
function failuresIn(text: string): string {
  return /^✖ failing tests:\n(.*)/ms.exec(text)?.[1]?.trim() ?? text.slice(-DYING_WORDS);
}

async function run(starts: readonly string[]): Promise<number> {
  const isMeant = (file: string) => starts.length === 0 || starts.some((start) => file.startsWith(start));
  const files = globSync("**/*.test.ts", { cwd: import.meta.dirname }).filter(isMeant);
  const waiting = grouped(files.sort());
  const results: Result[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await runGroup(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log("all groups:");
  for (const name of COUNTS)
    console.log(`ℹ ${name} ${results.reduce((sum, { counts }) => sum + counts[name], 0)}`);
  const red = results.filter(({ isGreen }) => !isGreen);
  // Once more, since the end of a long log is what is read first, and often all of it that is kept.
  if (red.length > 0) console.log(`failed:\n${red.map(({ failures }) => failures).join("\n")}`);
  return results.length > 0 && red.length === 0 ? 0 : 1;
}

process.exitCode = await run(process.argv.slice(2));
