import { type ChildProcess, fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LifeOrders } from "./process.ts";

const PLANT = new URL("./plant.ts", import.meta.url).href;
const READY_TIMEOUT_MS = 60_000;

/** One running process under test. */
export interface Life {
  /** Resolves when it is gone, however it ended. */
  gone: Promise<void>;
  isGone(): boolean;
  /** Gives it another death to die. */
  dieAt(dieAt: LifeOrders["dieAt"]): void;
  kill(): void;
}

/** Starts the process and waits until it listens, or is gone before that. */
export async function startLife(orders: LifeOrders): Promise<Life> {
  const child = fork(join(import.meta.dirname, "process.ts"), {
    execArgv: orders.plant === null ? [] : ["--import", `${PLANT}?${orders.plant}`],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Hundreds of lives begin with the same code.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "whale-chaos-cache") },
  });
  let over = false;
  const gone = new Promise<void>((resolve) =>
    child.once("exit", () => {
      over = true;
      resolve();
    }),
  );
  child.send(orders);
  await Promise.race([listening(child), gone]);
  // It may have died without its end being known here yet.
  const dieAt = (next: LifeOrders["dieAt"]) => void (over || child.send({ dieAt: next }, () => undefined));
  return { gone, isGone: () => over, dieAt, kill: () => void child.kill("SIGKILL") };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the process does not come up")), READY_TIMEOUT_MS);
    const settle = () => {
      clearTimeout(timer);
      resolve();
    };
    child.once("message", settle);
    child.once("exit", settle);
  });
}
