import type { TestContext } from "node:test";
import { createOutbound, type Outbound, type OutboundOptions } from "../../../adapters/outbound/index.ts";

/** A client named `svc` with generous limits, closed after the test. Name only the options that matter. */
export function client(context: TestContext, options: Partial<OutboundOptions>): Outbound {
  const outbound = createOutbound({ name: "svc", timeoutMs: 5000, maxResponseBytes: 10_000, ...options });
  context.after(() => outbound.close());
  return outbound;
}
