import { ChatOpsError } from "../../core/errors.ts";
import {
  grantedAtMs,
  ROBOT_MESSAGES,
  restsUntilMs,
  robotRestKey,
  robotRestWish,
  robotWish,
} from "../../core/outbox/index.ts";
import type { Clock, ThrottleStore } from "../../core/ports/index.ts";
import type { Outbound } from "../outbound/index.ts";
import { cleanLines } from "./card-text.ts";
import { refusalError, refusedBySender } from "./errors.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import { splitText } from "./markdown.ts";

/** A group's webhook robot: it writes into its group and hears nothing. */
export interface Robot {
  /**
   * Sends markdown, in several numbered messages when it is longer than one may be. Throws `ChatOpsError`:
   * `wecom.robot_budget` (retryable, nothing was sent) when the robot has no room this minute,
   * `wecom.robot_gone` when its group or key is gone, else by the table of reactions. No error holds the key.
   */
  send(markdown: string): Promise<void>;
}

/** Which robot, and what it needs. `key` with `apiBase`, or the whole `url` as WeCom shows it. */
export type RobotAddress = { key: string; apiBase?: string } | { url: string };

export type RobotOptions = RobotAddress & {
  http: Outbound;
  clock: Clock;
  /** Where what was sent is counted, for all processes together. */
  throttle: Pick<ThrottleStore, "take" | "show">;
};

/** WeCom refuses longer markdown of a robot. */
const MAX_ROBOT_BYTES = 4096;
/** Room for `(12/15)` and a line feed in front of each part. */
const NUMBER_BYTES = 16;
const MINUTE_MS = 60_000;
const DEFAULT_BASE = "https://qyapi.weixin.qq.com";
const SEND = "webhook/send";
const ROBOT_PATH = `/cgi-bin/${SEND}`;

/** What is wrong with a robot's address, in both languages and without the address; null when nothing. */
export function robotUrlFault(url: unknown): string | null {
  if (typeof url === "string" && placeOf(url) !== null) return null;
  return "应为群机器人的 Webhook 地址 (must be the webhook address of a group robot): https://…/cgi-bin/webhook/send?key=…";
}

/** Makes the robot. Throws `wecom.bad_config` for an address or key that cannot be one. */
export function createRobot(options: RobotOptions): Robot {
  const place = placeIn(options);
  const exchange = exchangeAt(place, options.http);
  const budget = robotBudget(place.key, options);
  const sendPart = async (content: string): Promise<void> => {
    const body = { msgtype: "markdown", markdown: { content } };
    const answer = await exchange({ method: "POST", api: SEND, body }, { key: place.key });
    if (answer.errcode === 45009) await budget.rest();
    if (answer.errcode !== 0) throw refusalError({ ...answer, api: SEND });
  };
  return {
    send: async (markdown) => {
      const parts = partsOf(markdown);
      await budget.take(parts.length);
      // One after the other, so that they are read in order.
      for (const part of parts) await sendPart(part);
    },
  };
}

/**
 * Whether a robot can still write, without a word in its group: empty text is refused after the key was looked at.
 * Throws as `send` does.
 */
export async function checkRobot(options: RobotAddress & { http: Outbound }): Promise<void> {
  const place = placeIn(options);
  const body = { msgtype: "text", text: { content: "" } };
  const answer = await exchangeAt(place, options.http)(
    { method: "POST", api: SEND, body },
    { key: place.key },
  );
  if (!EMPTY_CODES.includes(answer.errcode)) throw refusalError({ ...answer, api: SEND });
}

/** What says that only the text was at fault; the vendor's pages name the first. */
const EMPTY_CODES: readonly number[] = [93017, 44004, 40058];

function placeIn(options: RobotAddress): Place {
  const place = placeOf("url" in options ? options.url : urlOf(options));
  if (place === null) throw refusedBySender("wecom.bad_config", `robot: ${robotUrlFault(null)}`);
  return place;
}

function exchangeAt({ base, key }: Place, http: Outbound): Exchange {
  const below: Outbound = {
    request: ({ path, ...rest }) => http.request({ ...rest, url: `${base}${path}` }),
    close: () => http.close(),
  };
  return createExchange(below, [key]);
}

function urlOf({ key, apiBase = DEFAULT_BASE }: { key: string; apiBase?: string }): string {
  return `${apiBase.replace(/\/+$/, "")}${ROBOT_PATH}?key=${encodeURIComponent(key)}`;
}

interface Place {
  /** What stands before `/cgi-bin`. */
  base: string;
  key: string;
}

function placeOf(text: string): Place | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash) return null;
  const key = url.searchParams.get("key") ?? "";
  if (!url.pathname.endsWith(ROBOT_PATH) || !/^[0-9A-Za-z_-]{1,128}$/.test(key)) return null;
  return { base: `${url.origin}${url.pathname.slice(0, -ROBOT_PATH.length)}`, key };
}

function partsOf(markdown: string): string[] {
  const clean = cleanLines(markdown).trim();
  if (clean === "") throw refusedBySender("wecom.empty_text", "there is no text to send");
  if (Buffer.byteLength(clean) <= MAX_ROBOT_BYTES) return [clean];
  const pieces = splitText(clean, MAX_ROBOT_BYTES - NUMBER_BYTES).filter((piece) => piece.trim() !== "");
  if (pieces.length > ROBOT_MESSAGES) {
    throw refusedBySender("wecom.too_long", `the text needs ${pieces.length} messages of a robot, too many`);
  }
  return pieces.map((piece, i) => `(${i + 1}/${pieces.length})\n${piece}`);
}

/** Room for messages, shared by all processes. `take` throws when there is not enough, taking nothing. */
function robotBudget(
  key: string,
  { throttle, clock }: Pick<RobotOptions, "throttle" | "clock">,
): { take(count: number): Promise<void>; rest(): Promise<void> } {
  return {
    take: async (count) => {
      const nowMs = clock.nowMs();
      const untilMs = restsUntilMs(await throttle.show(robotRestKey(key)), nowMs);
      if (untilMs !== null) throw noRoom(untilMs - nowMs);
      const [grant] = await throttle.take([robotWish(key, count, nowMs)]);
      if (grant?.outcome === "held") throw noRoom(grantedAtMs(grant) - nowMs);
    },
    rest: async () => void (await throttle.take([robotRestWish(key, clock.nowMs())])),
  };
}

function noRoom(waitMs: number): ChatOpsError {
  const retryAfterMs = Math.min(Math.max(Math.ceil(waitMs), 1), MINUTE_MS);
  const message = "the robot has no room for more messages this minute";
  return new ChatOpsError(message, { code: "wecom.robot_budget", retryAfterMs, reached: "no" });
}
