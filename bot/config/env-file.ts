import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { type ConfigOutcome, type Environment, readConfig, type WecomFault } from "./config.ts";

/** Where the names of a `.env` file stand, and which of its lines say nothing. Lines count from 1. */
export interface EnvFile {
  lineOf: ReadonlyMap<string, number>;
  badLines: readonly number[];
}

const ENTRY = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*/;
const EMPTY = /^\s*(?:#|$)/;

/** Looks through the text of a `.env` file. A value in quotes may go over several lines; the last of a name counts. */
export function readEnvFile(text: string): EnvFile {
  const lineOf = new Map<string, number>();
  const badLines: number[] = [];
  let quote: string | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote !== null) {
      if (line.includes(quote)) quote = null;
      continue;
    }
    const [start, name] = ENTRY.exec(line) ?? [];
    if (start !== undefined && name !== undefined) {
      lineOf.set(name, index + 1);
      quote = openQuote(line.slice(start.length));
    } else if (!EMPTY.test(line)) badLines.push(index + 1);
  }
  return { lineOf, badLines };
}

function openQuote(value: string): string | null {
  const quote = /^["'`]/.exec(value)?.[0];
  return quote !== undefined && !value.includes(quote, 1) ? quote : null;
}

/** Reads the configuration, and names the line of `.env` in `cwd` that a faulty value came from. */
export function readEnvironment(env: Environment, cwd: string, wecomFault: WecomFault): ConfigOutcome {
  const read = readConfig(env, cwd, { wecomFault });
  const text = textOf(join(cwd, ".env"));
  const { lineOf, badLines } = readEnvFile(text);
  const given = parseEnv(text);
  const placeOf = (name: string) =>
    lineOf.has(name) && given[name] === env[name] ? { place: `.env:${lineOf.get(name)}` } : {};
  const found = read.outcome === "refused" ? read.faults : [];
  const faults = [
    ...badLines.map((line) => ({ name: "", value: "", message: NO_ENTRY, place: `.env:${line}` })),
    ...found.map((fault) => ({ ...fault, ...placeOf(fault.name) })),
  ];
  return faults.length > 0 ? { outcome: "refused", faults } : read;
}

const NO_ENTRY = "这一行不是 名称=值 (this line is not NAME=value)";

function textOf(file: string): string {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : "";
}
