import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { basename, join } from "node:path";
import type { Orders, Report, StepMark } from "./orders.ts";

/** A process that is slow to start on a busy machine is still up by then. */
const ANSWER_TIMEOUT_MS = 90_000;

/**
 * As `npm start` starts Whale. Without them the young generation of each thread grows by what a benchmark throws away,
 * and the old one to four times of what is in use before it is collected.
 */
const STARTED_WITH = ["--max-semi-space-size=16", "--heap-growing-percent=100"];

/** One server under measurement, in a process of its own. */
export interface Contestant {
  url: string;
  pid: number;
  /** The steps that it passed, when it was told to keep them. */
  marks(): Promise<StepMark[]>;
  /** Sends it a message and waits for the marks that it answers with. */
  asked(message: number | string): Promise<StepMark[]>;
  stop(): Promise<void>;
}

/** Starts a contestant with the same Node as this process and the settings of `npm start`; its log goes to a file beside what it stores. */
export async function startContestant(script: string, orders: Orders): Promise<Contestant> {
  const log = openSync(join(orders.folder, `${basename(script)}.log`), "a");
  const child = fork(join(import.meta.dirname, script), {
    execArgv: [...process.execArgv, ...STARTED_WITH],
    stdio: ["ignore", log, "inherit", "ipc"],
  });
  closeSync(log);
  // Also where this process is interrupted.
  process.once("exit", () => child.kill("SIGKILL"));
  child.send(orders);
  const first = await heard(child);
  const ask = async (message: number | string): Promise<StepMark[]> => {
    child.send(message);
    const report = await heard(child);
    return report.kind === "marks" ? report.marks : [];
  };
  if (first.kind !== "listening") throw new Error(`${script} said ${first.kind} instead of listening`);
  return {
    url: first.url,
    pid: child.pid ?? 0,
    marks: () => ask("marks"),
    asked: ask,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** The next thing that it says. Rejects when it ends before, or says nothing for too long. */
async function heard(child: ChildProcess): Promise<Report> {
  const waiting = new AbortController();
  const signal = AbortSignal.any([waiting.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  const gone = once(child, "exit", { signal }).then(([code]): never => {
    throw new Error(`a contestant ended with ${String(code)}`);
  });
  try {
    const [report] = await Promise.race([once(child, "message", { signal }), gone]);
    return report as Report;
  } finally {
    // Whichever lost the race ends here, unheard.
    gone.catch(() => undefined);
    waiting.abort();
  }
}
