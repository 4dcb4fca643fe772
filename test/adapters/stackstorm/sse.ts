import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { StackStorm } from "../../../adapters/stackstorm/index.ts";
import type { Hint } from "../../../core/ports/index.ts";
import { httpServer, type LocalServer } from "../../support/http-server.ts";
import { aRow } from "./support.ts";

/** One connection of a stream, in the hands of the test. */
export interface StreamConnection {
  no: number;
  request: IncomingMessage;
  response: ServerResponse;
  /** Sends the head of a stream and then these pieces. */
  open(...pieces: string[]): void;
}

/** A server of streams that hands each connection, counted from 1, to the test. */
export async function streamServer(
  t: TestContext,
  onConnection: (connection: StreamConnection) => void,
): Promise<LocalServer> {
  let no = 0;
  return httpServer(t, (request, response) => {
    no += 1;
    const open = (...pieces: string[]) => {
      response.writeHead(200, { "content-type": "text/event-stream; charset=UTF-8" });
      response.flushHeaders();
      for (const piece of pieces) response.write(piece);
    };
    onConnection({ no, request, response, open });
  });
}

/** The text of one event as StackStorm sends it. */
export function anEventText(id: string, status = "running", name = "st2.execution__update"): string {
  return `event: ${name}\ndata: ${JSON.stringify(aRow({ id, status }))}\n\n`;
}

export interface Watched {
  hints: Hint[];
  /** Resolves as soon as there are so many hints. */
  atLeast(count: number): Promise<Hint[]>;
  /** Ends the watch and waits until it has ended. */
  stop(): Promise<void>;
  /** Resolves when the watch has ended. */
  ended: Promise<void>;
}

/** Watches a cluster until the test stops it or is over. */
export function watching(t: TestContext, st2: StackStorm, cluster = "hz"): Watched {
  const hints: Hint[] = [];
  const waiting: { count: number; resolve: (hints: Hint[]) => void }[] = [];
  const controller = new AbortController();
  t.after(() => controller.abort());
  const onHint = (hint: Hint) => {
    hints.push(hint);
    for (const one of waiting) if (hints.length >= one.count) one.resolve(hints);
  };
  const ended = st2.watch(cluster, onHint, controller.signal);
  return {
    hints,
    ended,
    atLeast: (count) =>
      new Promise((resolve) => {
        if (hints.length >= count) resolve(hints);
        else waiting.push({ count, resolve });
      }),
    stop: () => {
      controller.abort();
      return ended;
    },
  };
}
