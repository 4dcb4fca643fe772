import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { errorText } from "../../core/errors.ts";
import type { Bench } from "./bench.ts";

/** Every benchmark by its name. Loaded when it is run, so that one does not bring the others' modules along. */
const BENCHES: Readonly<Record<string, { what: string; load: () => Promise<Bench> }>> = {
  rules: {
    what: "events a second through the rule index, held against a loop over closures and six libraries",
    load: async () => (await import("./rules.ts")).rules,
  },
  backtest: {
    what: "events a second through a back-test of 100 rules, held against only reading and parsing them",
    load: async () => (await import("./backtest.ts")).backtest,
  },
  replay: {
    what: "live alerts while a month of events is rehearsed, held against the same without",
    load: async () => (await import("./replay.ts")).replay,
  },
  throttle: {
    what: "durable decisions of the throttle a second, held against the bare script on Redis",
    load: async () => (await import("./throttle.ts")).throttle,
  },
  e2e: {
    what: "alert → card and click → start, held against a bare Koa server; the answer to why",
    load: async () => (await import("./e2e.ts")).e2e,
  },
  gateway: {
    what: "GETs of an execution through the gateway, held against a bare Koa reverse proxy",
    load: async () => (await import("./gateway.ts")).gateway,
  },
  intake: {
    what: "alerts a second to the durable journal, held against a bare Koa server, bare inserts and Alertmanager",
    load: async () => (await import("./intake.ts")).intake,
  },
  tasks: {
    what: "whole lives of tasks a second, embedded and on Redis, held against writing the same records alone",
    load: async () => (await import("./tasks.ts")).tasks,
  },
  follow: {
    what: "10,000 running executions on three clusters: processor while nothing changes, and how late an end is known",
    load: async () => (await import("./follow.ts")).follow,
  },
};

const OPTIONS = {
  json: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  profile: { type: "boolean", default: false },
  seed: { type: "string", default: "1" },
} as const;

function usage(): string {
  const names = Object.entries(BENCHES).map(([name, { what }]) => `  ${name.padEnd(12)}${what}`);
  return ["npm run bench -- NAME [--json] [--quick] [--profile] [--seed N]", ...names].join("\n");
}

/** All that a benchmark stores, many gigabytes, goes into one folder, which goes when it is interrupted, too. */
function storeInOneFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), "whale-bench-"));
  process.env["TMPDIR"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (name === undefined) return console.log(usage());
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (!bench || rest.length > 0) return refuse(`there is no benchmark "${positionals.join(" ")}"`);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) return refuse(`--seed ${values.seed} is no whole number`);
  storeInOneFolder();
  const run = await bench.load();
  const { quick, profile, json } = values;
  const figures = await run({ quick, profile, seed, print: (line) => console.log(line) });
  if (json) console.log(JSON.stringify(figures));
}

function refuse(message: string): void {
  console.error(`${message}\n${usage()}`);
  process.exitCode = 1;
}

main().catch((error: unknown) => refuse(errorText(error)));
