import { totalmem } from "node:os";

/** What the process was started with, `.env` of the working folder included. The only place that reads it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  try {
    process.loadEnvFile(".env");
  } catch (error) {
    // Without a .env file the environment alone counts.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return process.env;
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
