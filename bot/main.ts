import { errorText, isChatOpsError } from "../core/errors.ts";
import { environment, storesText } from "./config/index.ts";
import { prepare, startWhale, type Whale } from "./wire.ts";

/** Thirty seconds is what systemd and Kubernetes are told to wait; the last two are for the way there. */
const SHUTDOWN_MS = 28_000;

/** Starts the process from the environment and `WHALE_HOME`; a bad value ends it, named, with status 1. */
async function main(): Promise<void> {
  const prepared = await prepare(environment(), process.cwd());
  if (prepared.outcome === "refused") return stop(prepared.message);
  const running: { whale: Whale | null } = { whale: null };
  // From the start on: by itself each signal would end the process. One that starts reads the files anyway, and
  // ends when it has started.
  process.on("SIGHUP", () => void (running.whale && reload(running.whale)));
  const started = endOnSignals();
  // Whoever reads this may send a signal at once.
  console.error(`鲸 Whale: ${storesText(prepared.config.stores)}`);
  const whale = await startWhale(prepared);
  running.whale = whale;
  started(whale);
  for (const { about, message } of await whale.probe()) whale.log.warn({ about, message }, "not in order");
}

/** Gives what is to be told that it has started. */
function endOnSignals(): (whale: Whale) => void {
  let asked = false;
  let running: Whale | null = null;
  const ask = () => {
    // npm passes a signal on that the terminal has sent to both: the second one must not cut the end short.
    if (asked) return;
    asked = true;
    if (running) end(running);
  };
  process.on("SIGTERM", ask);
  process.on("SIGINT", ask);
  return (whale) => {
    running = whale;
    if (asked) end(whale);
  };
}

function end(whale: Whale): void {
  setTimeout(() => endAnyway(whale), SHUTDOWN_MS).unref();
  whale.close().then(
    () => process.exit(0),
    (error: unknown) => {
      whale.log.error({ reason: errorText(error), left: whale.left() }, "ended, but not in order");
      process.exit(1);
    },
  );
}

/** A start may be under way for longer than anybody waits; every record says what to do next. */
function endAnyway(whale: Whale): void {
  const fields = { left: whale.left(), afterMs: SHUTDOWN_MS };
  whale.log.warn(fields, "ended before everything was over; what is left goes on from its record");
  process.exit(0);
}

async function reload(whale: Whale): Promise<void> {
  try {
    await whale.reload("signal");
  } catch (error) {
    whale.log.error({ reason: errorText(error) }, "files could not be read");
  }
}

function stop(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

/** What to do where it is known. */
function adviceOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return "\n  端口被占用：停掉占用它的程序，或用 PORT 换一个 · the port is taken: stop what has it, or set PORT";
  }
  if (isChatOpsError(error) && error.code === "store.locked") {
    return "\n  或用 WHALE_DATA 换一个数据目录 · or set WHALE_DATA to another folder";
  }
  return "";
}

main().catch((error: unknown) => stop(`没有启动 (not started): ${errorText(error)}${adviceOf(error)}`));
