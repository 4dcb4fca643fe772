import { totalmem } from "node:os";
import { ChatOpsError, errorText } from "../../core/errors.ts";

/**
 * What the process was started with, `.env` of the working folder included. The only place that reads it.
 * Throws `config.env_file` when there is such a file and it cannot be read.
 */
export function environment(): Readonly<Record<string, string | undefined>> {
  try {
    process.loadEnvFile(".env");
  } catch (error) {
    // Without a .env file the environment alone counts.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(error);
  }
  return process.env;
}

function unreadable(cause: unknown): ChatOpsError {
  const message = `.env: 读不了，应为文本文件 (cannot be read, must be a text file): ${errorText(cause)}`;
  return new ChatOpsError(message, { code: "config.env_file", cause });
}

/** Bytes of memory that the process may use: the machine's, or those of the container it runs in. */
export function memoryOfMachine(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What the demo takes from outside: nothing but the port. */
export function demoPort(): string | undefined {
  return process.env["PORT"];
}
