import type { Json } from "../ids/index.ts";
import { isJsonObject } from "../ids/index.ts";

interface Fields {
  [key: string]: Json;
}

/**
 * What a run has to say, out of a result of any runner (reference/stackstorm.md 5.2), what matters first: of a
 * workflow the tasks that failed and why, then its output; of several hosts those that failed; of a failure before the
 * start its error; else stdout and stderr, or the result as JSON. StackStorm leaves empty fields out, so that each may
 * be missing. Never throws.
 */
export function outputText(result: Json): string {
  if (!isJsonObject(result)) return typeof result === "string" ? result : "";
  if (Array.isArray(result["errors"])) return workflowText(result, result["errors"]);
  if ("status_code" in result) return httpText(result);
  if (["stdout", "stderr", "result", "error", "traceback"].some((key) => key in result))
    return streams(result);
  const perHost = hostsOf(result);
  if (perHost.length === 1 && perHost[0]) return streams(perHost[0][1]);
  if (perHost.length > 1) return perHost.map(([host, part]) => `${host}:\n${streams(part)}`).join("\n");
  return Object.keys(result).length > 0 ? JSON.stringify(result, null, 1) : "";
}

function streams(part: Fields): string {
  // Where there is an error, its traceback tells people nothing more.
  const why = part["error"] ?? part["traceback"];
  return lines([why, ...["result", "stdout", "stderr"].map((key) => part[key])]);
}

/** Whoever failed first; the others in their order. */
function hostsOf(result: Fields): [host: string, part: Fields][] {
  const hosts = Object.entries(result).flatMap(([host, part]): [string, Fields][] => {
    return isJsonObject(part) && "return_code" in part ? [[host, part]] : [];
  });
  const isBad = (part: Fields) => part["failed"] === true || (part["return_code"] ?? 0) !== 0;
  return [...hosts.filter(([, part]) => isBad(part)), ...hosts.filter(([, part]) => !isBad(part))];
}

function httpText(result: Fields): string {
  return lines([
    result["error"],
    `HTTP ${asText(result["status_code"])}`,
    result["body"] ?? result["parsed"],
  ]);
}

function workflowText({ output }: Fields, errors: readonly Json[]): string {
  const hasOutput = isJsonObject(output) && Object.keys(output).length > 0;
  return lines([...errors.map(errorOf), hasOutput ? output : undefined]);
}

/** One error of a workflow: the task, what is said of it, and what it printed itself. */
function errorOf(error: Json): string {
  if (!isJsonObject(error)) return asText(error);
  const { task_id: task, message, result } = error;
  const said = [task, message].map(asText).filter(Boolean).join(": ");
  return lines([said === "" ? error : said, result === undefined ? undefined : outputText(result)]);
}

function lines(parts: readonly (Json | undefined)[]): string {
  return parts.map(asText).filter(Boolean).join("\n");
}

function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
