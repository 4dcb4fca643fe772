import type { Lane, OutboxBody } from "../../../core/ports/index.ts";
import { hasEnded, type Replay } from "../../../core/replays/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Arg } from "../engine.ts";
import { homeOf, homeOfMessage, INBOX_TAG, OUTBOX_TAGS, REPLAYS_TAG, TASK_TAGS } from "../partitions.ts";
import { CREATE } from "../replay-scripts.ts";
import { incidentField } from "../task-queries.ts";
import { MAKE } from "../task-scripts.ts";
import {
  READ_BODIES,
  READ_CALLBACKS,
  READ_MESSAGES,
  WRITE_CALLBACKS,
  WRITE_MESSAGES,
} from "./queue-scripts.ts";
import { type OffsetWalk, rowsBy, type TransferTable, walkPage, writeByTag, writeRows } from "./table.ts";

type TextRow = [key: string, text: string];

const taskWalk: OffsetWalk<TextRow, "task"> = {
  kind: "task",
  tags: TASK_TAGS,
  rows: rowsBy<TextRow>(READ_BODIES, [":all", ":t:"]),
  record: ([key, text]) => ({ key, body: { text } }),
};

/** Tasks, each in its partition. */
export const task: TransferTable<"task"> = {
  read: (engine, start) => walkPage(engine, taskWalk, start),
  write: async (engine, records) => {
    await Promise.all(records.map((one) => engine.write(MAKE, homeOf(one.key), taskArgs(one))));
  },
};

function taskArgs({ key, body: { text } }: TransferRecordOf<"task">): Arg[] {
  const { state, revision, createdAtMs, dueAtMs, event } = JSON.parse(text) as Task;
  const incident = incidentField(event.source, event.incident);
  return [key, state, revision, createdAtMs, dueAtMs ?? "", text, incident, ""];
}

type MessageRow = [
  key: string,
  no: number,
  task: string,
  lane: string,
  due: string,
  created: string,
  attempts: string,
  text: string,
];

const messageWalk: OffsetWalk<MessageRow, "message"> = {
  kind: "message",
  tags: OUTBOX_TAGS,
  rows: async (engine, { tag, offset, limit }) => {
    const [looked, rows] = await engine.run<[number, MessageRow[]]>(READ_MESSAGES, tag, [offset, limit]);
    return { rows, looked, isEnd: looked < limit };
  },
  record: ([key, no, taskId, lane, due, created, attempts, text]) => ({
    key,
    body: {
      ...{ taskId: taskId === "" ? null : taskId, no, lane: Number(lane) as Lane, text },
      ...{ dueAtMs: Number(due), createdAtMs: Number(created), attempts: Math.max(1, Number(attempts)) },
    },
  }),
};

/** Messages: those that may go next, each with what waits behind it for the same task. */
export const message: TransferTable<"message"> = {
  read: (engine, start) => walkPage(engine, messageWalk, start),
  write: (engine, records) =>
    writeByTag(
      records,
      ({ key }) => homeOfMessage(key),
      (tag, some) => writeRows(engine, { script: WRITE_MESSAGES, tag }, some.map(messageArgs)),
    ),
};

function messageArgs({ key, body }: TransferRecordOf<"message">): Arg[] {
  const { taskId, lane, dueAtMs, createdAtMs, attempts, text } = body;
  const { kind } = JSON.parse(text) as OutboxBody;
  return [key, taskId ?? "", lane, kind, dueAtMs, text, createdAtMs, attempts];
}

const replayWalk: OffsetWalk<TextRow, "replay"> = {
  kind: "replay",
  tags: [REPLAYS_TAG],
  rows: rowsBy<TextRow>(READ_BODIES, [":all", ":r:"]),
  record: ([key, text]) => ({ key, body: { text } }),
};

/** Replays in the order of their making. */
export const replay: TransferTable<"replay"> = {
  read: (engine, start) => walkPage(engine, replayWalk, start),
  write: async (engine, records) => {
    await Promise.all(records.map((one) => engine.write(CREATE, REPLAYS_TAG, replayArgs(one))));
  },
};

function replayArgs({ key, body: { text } }: TransferRecordOf<"replay">): Arg[] {
  const made = JSON.parse(text) as Replay;
  const { order, revision, createdAtMs, updatedAtMs } = made;
  return [key, order.mode, hasEnded(made) ? 1 : 0, revision, createdAtMs, updatedAtMs, text];
}

type CallbackRow = [
  key: string,
  received: string,
  attempts: string,
  payload: string | null,
  due: string | null,
];

/** Walked like tags: first what is open, in the order of its turn, then what is only remembered. */
const callbackWalk: OffsetWalk<CallbackRow, "callback"> = {
  kind: "callback",
  tags: ["open", "done"],
  rows: (engine, { tag, offset, limit }) =>
    rowsBy<CallbackRow>(READ_CALLBACKS, [tag])(engine, { tag: INBOX_TAG, offset, limit }),
  record: ([key, received, attempts, text, due]) => {
    const open = text === null ? null : { attempts: Number(attempts), dueAtMs: Number(due ?? 0), text };
    return { key, body: { receivedAtMs: Number(received), open } };
  },
};

/** The inbox. */
export const callback: TransferTable<"callback"> = {
  read: (engine, start) => walkPage(engine, callbackWalk, start),
  write: (engine, records) =>
    writeRows(engine, { script: WRITE_CALLBACKS, tag: INBOX_TAG }, records.map(callbackArgs)),
};

function callbackArgs({ key, body: { receivedAtMs, open } }: TransferRecordOf<"callback">): Arg[] {
  if (open === null) return [key, receivedAtMs, 0, "", ""];
  return [key, receivedAtMs, open.attempts, open.dueAtMs === 0 ? "" : open.dueAtMs, open.text];
}
