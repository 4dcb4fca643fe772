import { errorText } from "../core/errors.ts";
import { environment } from "./config/index.ts";
import { prepare, startWhale, type Whale } from "./wire.ts";

const SHUTDOWN_MS = 25_000;

/** Starts the process from the environment and `WHALE_HOME`; a bad value ends it, named, with status 1. */
async function main(): Promise<void> {
  const prepared = await prepare(environment(), process.cwd());
  if (prepared.outcome === "refused") return stop(prepared.message);
  const running: { whale: Whale | null } = { whale: null };
  // From the start on: by itself this signal would end the process, and one that starts reads the files anyway.
  process.on("SIGHUP", () => void (running.whale && reload(running.whale)));
  const whale = await startWhale(prepared);
  running.whale = whale;
  endOnSignals(whale);
  for (const { about, message } of await whale.probe()) whale.log.warn({ about, message }, "not in order");
}

function endOnSignals(whale: Whale): void {
  let ending = false;
  const end = () => {
    // npm passes a signal on that the terminal has sent to both: the second one must not cut the end short.
    if (ending) return;
    ending = true;
    // A start may be under way for longer than anybody waits; every record says what to do next.
    setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
    void whale.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
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

main().catch((error: unknown) => stop(`没有启动 (not started): ${errorText(error)}`));
