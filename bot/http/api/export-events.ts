import { Readable } from "node:stream";
import type { Context } from "koa";
import { errorText } from "../../../core/errors.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import type { Archive, ArchiveFilter, ArchivePage, Logger } from "../../../core/ports/index.ts";

const PAGE = 500;

interface Wanted {
  /** Null finds nothing. */
  filter: ArchiveFilter | null;
  limit: number;
}

interface ExportDeps {
  archive: Pick<Archive, "search">;
  log: Logger;
}

/**
 * Events as JSON lines, oldest first. A page is read when the one before has been taken, so that a slow reader
 * holds up nothing but itself. Rejects as `search` does when the first page cannot be read; later the
 * connection breaks off, so that nobody takes a part for the whole.
 */
export async function exportEvents(wanted: Wanted, ctx: Context, deps: ExportDeps): Promise<Readable> {
  const first = await pageOf(wanted, deps);
  const stream = Readable.from(linesFrom(first, wanted, deps));
  stream.on("error", (error) => {
    deps.log.error({ err: error, reason: errorText(error) }, "export broke off");
    ctx.res.destroy();
  });
  ctx.type = "application/x-ndjson; charset=utf-8";
  ctx.attachment("events.jsonl");
  return stream;
}

async function pageOf({ filter, limit }: Wanted, deps: ExportDeps, after?: string): Promise<ArchivePage> {
  if (!filter) return { events: [], next: null };
  const goingOn = after === undefined ? {} : { after };
  return deps.archive.search({ ...filter, ...goingOn, order: "oldest", limit: Math.min(PAGE, limit) });
}

async function* linesFrom(first: ArchivePage, wanted: Wanted, deps: ExportDeps): AsyncGenerator<string> {
  let left = wanted.limit;
  let page = first;
  for (;;) {
    left -= page.events.length;
    yield linesOf(page.events);
    if (page.next === null || left <= 0) return;
    page = await pageOf({ ...wanted, limit: left }, deps, page.next);
  }
}

function linesOf(events: readonly WhaleEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}
