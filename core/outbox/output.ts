import { type MessageViewing, outputText, reportText } from "../cards/index.ts";
import { shortId } from "../ids/index.ts";
import type { Task } from "../tasks/index.ts";
import { CHANNEL_BYTES, headAndTail } from "../texts/index.ts";

/** WeCom takes files of up to 20 MB. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** And none of 5 bytes or less. */
const MIN_FILE_BYTES = 6;
/** What heads and tails of output are at least worth showing. */
const LEAST_OUTPUT_BYTES = 300;

/** How a task ended, as one message, and whether its whole output follows as a file. */
export interface ResultMessage {
  text: string;
  file: boolean;
}

/**
 * The message that tells how a task ended. Output that does not fit into one message is told by its head and tail,
 * and goes out whole as a file.
 */
export function resultMessage(task: Task, viewing: MessageViewing): ResultMessage {
  const full = outputOf(task, viewing);
  const shown = viewing.resultRows.length === 0 || task.state !== "succeeded" ? full : "";
  if (shown === "") return { text: reportText(task, viewing), file: false };
  const head = reportText(withoutResult(task), viewing);
  const room = CHANNEL_BYTES.markdown - Buffer.byteLength(head) - 1;
  const plain = shown.split("\n").map(viewing.plain).join("\n");
  if (Buffer.byteLength(plain) <= room) return { text: `${head}\n${plain}`, file: false };
  const cut = headAndTail(plain, Math.max(LEAST_OUTPUT_BYTES, room), viewing.texts.outbox.leftOut);
  return { text: `${head}\n${cut}`, file: Buffer.byteLength(full) >= MIN_FILE_BYTES };
}

/** The whole output of a task, as a file, without what is secret of what it ran; null where there is none worth one. */
export function outputFile(
  task: Task,
  viewing: Pick<MessageViewing, "shown">,
): { name: string; bytes: Buffer } | null {
  const bytes = Buffer.from(outputOf(task, viewing)).subarray(0, MAX_FILE_BYTES);
  return bytes.length < MIN_FILE_BYTES ? null : { name: `${shortId(task.id)}.txt`, bytes };
}

function outputOf(task: Task, { shown }: Pick<MessageViewing, "shown">): string {
  return task.execution
    ? shown(task)
        .hide(outputText(task.execution.result ?? null))
        .trimEnd()
    : "";
}

function withoutResult(task: Task): Task {
  if (!task.execution) return task;
  const { result: _, ...execution } = task.execution;
  return { ...task, execution };
}
