import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import type { Orders, Report } from "../orders.ts";

/** A bare Koa server that checks the signature, parses the body, stores nothing and answers. */
function live({ env }: Orders): void {
  const secret = env["HOOK_TOKEN"] ?? "";
  const app = new Koa();
  app.use(async (ctx) => {
    const body = await bodyOf(ctx.req);
    const digest = createHmac("sha256", secret)
      .update(`${ctx.get("x-whale-timestamp")}.`)
      .update(body)
      .digest();
    const given = Buffer.from(ctx.get("x-whale-signature"), "hex");
    if (given.length !== digest.length || !timingSafeEqual(given, digest)) {
      ctx.status = 401;
      return;
    }
    const { alerts } = JSON.parse(body.toString("utf8")) as { alerts: unknown[] };
    ctx.status = 202;
    ctx.body = { events: alerts.length };
  });
  const server = app.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ kind: "listening", url: `http://127.0.0.1:${port}` } satisfies Report);
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

process.once("message", live);
