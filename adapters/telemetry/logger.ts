import { type DestinationStream, destination, pino, stdTimeFunctions } from "pino";
import type { Logger } from "../../core/ports/index.ts";
import { createRedactor } from "../outbound/index.ts";
import { safeFields } from "./log-fields.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How log lines are written. */
export interface LoggerOptions {
  /** Lines below this level are dropped. */
  level: LogLevel;
  /** Takes each line, one JSON object with its line break. Default: standard output. */
  destination?: { write(line: string): void };
  /** Texts replaced by `***` wherever they stand. Those of fewer than 6 characters are ignored. Default none. */
  secrets?: readonly string[];
}

// A shorter one could be part of a field's name, and replacing it would break the line.
const SHORTEST_SECRET = 6;

/** A logger that can be told of more secrets while it runs. */
export interface MaskingLogger extends Logger {
  /** From now on these are replaced too. */
  hide(secrets: readonly string[]): void;
}

/**
 * A logger that writes JSON lines with `level`, `time`, `msg` and the given fields. Secrets are masked and
 * errors reduced, whatever it is given. It never throws.
 */
export function createLogger(options: LoggerOptions): MaskingLogger {
  const sink = maskingSink(options);
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // pino's own would flatten the causes that are already laid out.
      serializers: { err: (err: unknown) => err },
    },
    sink,
  );
  const writing = (level: "debug" | "info" | "warn" | "error") => {
    return (fields: Record<string, unknown>, message: string): void => {
      if (log.isLevelEnabled(level)) log[level](shownFields(fields, sink), message);
    };
  };
  return {
    ...{ debug: writing("debug"), info: writing("info"), warn: writing("warn"), error: writing("error") },
    hide: sink.hide,
  };
}

function shownFields(fields: Record<string, unknown>, { redact }: MaskingSink): Record<string, unknown> {
  try {
    return renamed(safeFields(fields, redact));
  } catch {
    // A getter that throws: the line is worth more than its fields.
    return { unreadable: true };
  }
}

// Fields of these names would stand twice in the line, and readers disagree on which counts.
function renamed(fields: Record<string, unknown>): Record<string, unknown> {
  for (const key of ["level", "time", "msg"]) {
    if (!Object.hasOwn(fields, key)) continue;
    fields[`${key}_`] = fields[key];
    delete fields[key];
  }
  return fields;
}

interface MaskingSink extends DestinationStream, Pick<MaskingLogger, "hide"> {
  /** Replaces what is secret by now. */
  redact(text: string): string;
}

function maskingSink(options: LoggerOptions): MaskingSink {
  const sink = options.destination ?? destination({ dest: 1, sync: true });
  const hidden = new Set<string>();
  let redact = createRedactor([]);
  const hide = (secrets: readonly string[]): void => {
    for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) hidden.add(secret);
    redact = createRedactor([...hidden]);
  };
  hide(options.secrets ?? []);
  return { hide, redact: (text) => redact(text), write: (line) => sink.write(redact(line)) };
}
