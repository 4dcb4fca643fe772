import { setTimeout as pause } from "node:timers/promises";
import { alertRequest, send } from "../e2e/load.ts";
import type { Upstream } from "../e2e/upstream.ts";

/** Live alerts at a steady rate, whatever the answers take. */
export interface LiveLoad {
  /** So many alerts, and what each waited for its answer and for its card, in milliseconds. */
  run(alerts: number): Promise<{ postMs: number[]; cardMs: number[] }>;
}

const CARD_TIMEOUT_MS = 30_000;

/** Makes the load. Alerts are numbered over all runs, so that none is a repeat. */
export function createLiveLoad({
  upstream,
  url,
  perSecond,
}: {
  upstream: Upstream;
  url: string;
  perSecond: number;
}): LiveLoad {
  // A card is told by the machine that it is about.
  const waiting = new Map<string, (atMs: number) => void>();
  upstream.onArrival(({ kind, atMs, subject }) => {
    if (kind === "card") waiting.get(subject)?.(atMs);
  });
  let no = 0;
  const one = async (): Promise<{ postMs: number; cardMs: number }> => {
    no += 1;
    const subject = `vm-shop-${String(no).padStart(6, "0")}`;
    const request = alertRequest(url, no);
    const card = Promise.withResolvers<number>();
    waiting.set(subject, card.resolve);
    const timer = setTimeout(() => card.reject(new Error(`no card for ${subject}`)), CARD_TIMEOUT_MS);
    const sentAtMs = performance.now();
    const status = await send(request);
    if (status >= 300) throw new Error(`the alert was answered with ${status}`);
    const postMs = performance.now() - sentAtMs;
    const cardMs = (await card.promise) - sentAtMs;
    clearTimeout(timer);
    waiting.delete(subject);
    return { postMs, cardMs };
  };
  return {
    run: async (alerts) => {
      const startMs = performance.now();
      const sent: ReturnType<typeof one>[] = [];
      for (let i = 0; i < alerts; i++) {
        await pause(Math.max(0, startMs + (i * 1000) / perSecond - performance.now()));
        sent.push(one());
      }
      const samples = await Promise.all(sent);
      return { postMs: samples.map(({ postMs }) => postMs), cardMs: samples.map(({ cardMs }) => cardMs) };
    },
  };
}
