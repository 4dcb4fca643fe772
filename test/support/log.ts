import type { Logger } from "../../core/ports/index.ts";

/** One line that a recording logger kept. */
export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  fields: Record<string, unknown>;
  message: string;
}

/** A logger that keeps its lines, oldest first. */
export interface RecordingLog extends Logger {
  readonly lines: LogLine[];
}

function ignore(): void {
  // A silent logger drops every line on purpose.
}

/** A logger that says nothing. */
export const silentLog: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A logger whose lines a test can look at. */
export function recordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const keep = (level: LogLine["level"]) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}
