import { ChatOpsError } from "../../core/errors.ts";

/** The codes that people who send have to tell apart. */
export const TOO_LATE = "aibot.too_late";
export const ANSWERED = "aibot.answered";
export const CARD_ID_TAKEN = "aibot.card_id_refused";
export const UNSUBSCRIBED = "aibot.unsubscribed";
export const BAD_CREDENTIALS = "aibot.bad_credentials";
export const NO_ANSWER = "aibot.no_answer";
export const WRONG_MODE = "aibot.wrong_mode";

interface Row {
  errcodes: readonly number[];
  code: string;
  /** What to do, for people. */
  hint?: string;
  retryAfterMs?: number;
}

/** reference/wecom.md 4.8, with what of 5.2 comes on the long connection. What has no pause is not tried again. */
const ROWS: readonly Row[] = [
  { errcodes: [-1], code: "aibot.busy", retryAfterMs: 2_000 },
  {
    errcodes: [846601],
    code: WRONG_MODE,
    hint: "机器人的 API 模式要选长连接 (switch the bot's API mode to the long connection)",
  },
  { errcodes: [846604], code: TOO_LATE },
  { errcodes: [846605], code: "aibot.bad_request_id" },
  { errcodes: [846606], code: ANSWERED },
  {
    errcodes: [846607, 45009],
    code: "aibot.rate_limited",
    hint: "或群里还没有人 @ 过机器人 (or nobody has mentioned the bot in that chat yet)",
    retryAfterMs: 60_000,
  },
  { errcodes: [846609], code: UNSUBSCRIBED, retryAfterMs: 1_000 },
  { errcodes: [846625, 42014], code: CARD_ID_TAKEN },
  {
    errcodes: [853000],
    code: BAD_CREDENTIALS,
    hint: "核对 AIBOT_ID、AIBOT_SECRET 后重启鲸 (check AIBOT_ID and AIBOT_SECRET, then restart Whale)",
  },
  {
    errcodes: [93006],
    code: "aibot.bad_chat",
    hint: "chatid 区分大小写，且机器人要在群里 (chatids keep their case, and the bot must be in the group)",
  },
  { errcodes: [93050, 40008], code: "aibot.bad_request" },
];

const BY_ERRCODE = new Map(ROWS.flatMap((row) => row.errcodes.map((errcode) => [errcode, row] as const)));

/** The error for a refusal. Only busy (-1) says nothing about what was done. */
export function refusalOf(cmd: string, errcode: number, errmsg: string): ChatOpsError {
  const { code, hint, retryAfterMs } = BY_ERRCODE.get(errcode) ?? { code: "aibot.refused" };
  const message = `the AI bot's ${cmd} was answered with errcode ${errcode}: ${errmsg.slice(0, 200)}`;
  return new ChatOpsError(hint === undefined ? message : `${message} (${hint})`, {
    code,
    reached: errcode === -1 ? "maybe" : "no",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The error for a frame that was sent and not answered. */
export function noAnswer(cmd: string, cause?: unknown): ChatOpsError {
  const message = `the AI bot's ${cmd} was not answered`;
  return new ChatOpsError(message, { code: NO_ANSWER, retryable: true, cause });
}

/**
 * The error where this process has no connection. It names no pause: the queue's own begins short, so that the process
 * with the connection soon has the message, and grows with its age, should nobody have one.
 */
export function elsewhere(): ChatOpsError {
  const message = "the AI bot's connection is not in this process now";
  return new ChatOpsError(message, { code: "aibot.elsewhere", retryable: true, reached: "no" });
}
