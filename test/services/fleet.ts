import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  isQuiet,
  openSurroundings,
  type Surroundings,
  type SurroundingsOptions,
} from "../chaos/surroundings.ts";
import { type LoggedLine, until } from "../support/world.ts";
import { PATIENCE_MS } from "./program.ts";

const MAIN = join(import.meta.dirname, "..", "..", "bot", "main.ts");

/** One process of Whale, as `npm start` starts it. */
export interface Member {
  lines: LoggedLine[];
  /** Starts it and waits until it listens. */
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Signals it and waits for its end; its exit code. */
  end(name: NodeJS.Signals): Promise<number | null>;
}

/** Processes that share one Redis, with everything around them played by simulators. */
export interface Fleet extends Surroundings {
  members: Member[];
  /** Sends alerts at a steady rate while something happens, and then until there are this many. */
  under(alerts: number, something: () => Promise<void>): Promise<void>;
}

const RATE_MS = 100;

/** Starts the processes; all ends with the test. */
export async function startFleet(t: TestContext, options: Partial<SurroundingsOptions> = {}): Promise<Fleet> {
  const around = await openSurroundings({ seed: 1, store: "redis", processes: 2, ...options });
  const members = around.envs.map((env) => memberOf({ ...env, LOG_LEVEL: "info" }));
  t.after(async () => {
    await Promise.all(members.map((one) => one.end("SIGKILL")));
    await around.close();
  });
  await Promise.all(members.map((one) => one.start()));
  return { ...around, members, under: (alerts, something) => under(around, alerts, something) };
}

function memberOf(env: Record<string, string>): Member {
  const lines: LoggedLine[] = [];
  let child: ChildProcess | null = null;
  const begin = () => {
    const fresh = spawn(process.execPath, [MAIN], {
      env,
      cwd: tmpdir(),
      stdio: ["ignore", "pipe", "ignore"],
    });
    let rest = "";
    fresh.stdout.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts.map((part) => JSON.parse(part) as LoggedLine));
    });
    return fresh;
  };
  return {
    lines,
    start: async () => {
      const from = lines.length;
      const running = begin();
      child = running;
      await until({ lines, patienceMs: PATIENCE_MS }, "a process to listen", () => {
        if (running.exitCode !== null) throw new Error(`it ended: ${JSON.stringify(lines.slice(from))}`);
        return lines.slice(from).some(({ msg }) => msg === "listening");
      });
    },
    signal: (name) => void child?.kill(name),
    end: async (name) => {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null || running.signalCode !== null)
        return running?.exitCode ?? null;
      const gone = new Promise<number | null>((resolve) => running.once("close", resolve));
      running.kill(name);
      return gone;
    },
  };
}

async function under(
  { monitor }: Surroundings,
  alerts: number,
  something: () => Promise<void>,
): Promise<void> {
  const done = { yet: false };
  const happening = something().finally(() => {
    done.yet = true;
  });
  for (let n = 0; n < alerts || !done.yet; n++) {
    if (n < alerts) monitor.alert(n);
    await pause(RATE_MS);
  }
  await happening;
}

/**
 * Waits until everything has come to its end, and holds counts in against counts out: each alert was taken, made one
 * task, and one execution exactly where it was approved. `unknown` starts, which a human was asked about, are told.
 */
export async function assertAllKept(fleet: Fleet, alerts: number, patienceMs = 120_000): Promise<string[]> {
  const lines = fleet.members.flatMap((one) => one.lines);
  await until({ lines, patienceMs }, "everything to come to its end", () => isQuiet(fleet));
  const { unknown, ...broken } = await fleet.judged();
  assert.deepEqual(broken, { lost: [], doubled: [], unapproved: [], stuck: [] });
  assert.equal(fleet.monitor.acknowledged.size, alerts);
  assert.equal((await fleet.tasks()).length, alerts);
  return unknown;
}
