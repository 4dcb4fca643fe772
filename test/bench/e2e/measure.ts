import { setTimeout as pause } from "node:timers/promises";
import { alertRequest, clickRequest, type ReadyRequest, send } from "./load.ts";
import type { Arrival, ArrivalKind, Upstream } from "./upstream.ts";

/** One alert's way, with the times at which its two requests left, by `performance.now()`. */
export interface Sample {
  alertAtMs: number;
  clickAtMs: number;
  postToCardMs: number;
  clickToStartMs: number;
  /** Size of the card's message. */
  cardBytes: number;
  arrivals: readonly Arrival[];
}

/** Whose way is measured. */
export interface Measured {
  url: string;
  /** What it sends when an alert's story is over; a start is all that the plain server does. */
  last: ArrivalKind;
}

/** Takes samples, one at a time, each on a server that has nothing else to do. */
export type Sampler = (measured: Measured) => Promise<Sample>;

/** After a card was seen: what the server still stores about it is done within this. */
const AFTER_CARD_MS = 40;
/** After the end of a story: what the server still does behind it, such as indexing, is done within this. */
const AFTER_STORY_MS = 80;
const ARRIVAL_TIMEOUT_MS = 10_000;

/** Makes the sampler. Alerts are numbered over all contestants, so that none is a repeat. */
export function createSampler(upstream: Upstream): Sampler {
  const heard: Arrival[] = [];
  const waiting = new Map<ArrivalKind, (arrival: Arrival) => void>();
  upstream.onArrival((arrival) => {
    heard.push(arrival);
    waiting.get(arrival.kind)?.(arrival);
  });
  const arrivalOf = (kind: ArrivalKind): Promise<Arrival> => {
    const { promise, resolve, reject } = Promise.withResolvers<Arrival>();
    const timer = setTimeout(() => reject(new Error(`no ${kind} has arrived`)), ARRIVAL_TIMEOUT_MS);
    waiting.set(kind, resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(kind);
    });
  };

  let no = 0;
  return async ({ url, last }) => {
    heard.length = 0;
    no += 1;
    const { sentAtMs: alertAtMs, arrival: card } = await timed(alertRequest(url, no), arrivalOf("card"));
    await pause(AFTER_CARD_MS);
    const starting = timed(clickRequest(url, card.cardId), arrivalOf("start"));
    const ending = last === "start" ? null : arrivalOf(last);
    const [{ sentAtMs: clickAtMs, arrival: start }] = await Promise.all([starting, ending]);
    await pause(AFTER_STORY_MS);
    return {
      alertAtMs,
      clickAtMs,
      postToCardMs: card.atMs - alertAtMs,
      clickToStartMs: start.atMs - clickAtMs,
      cardBytes: card.bodyBytes,
      arrivals: [...heard],
    };
  };
}

async function timed(
  ready: ReadyRequest,
  arriving: Promise<Arrival>,
): Promise<{ sentAtMs: number; arrival: Arrival }> {
  const sentAtMs = performance.now();
  const [arrival] = await Promise.all([arriving, sendWell(ready)]);
  return { sentAtMs, arrival };
}

async function sendWell(ready: ReadyRequest): Promise<void> {
  const status = await send(ready);
  if (status >= 300) throw new Error(`${ready.url.pathname} answered ${status}`);
}
