import { type ChatOpsError, errorText } from "../../core/errors.ts";
import type { Clock, Leases } from "../../core/ports/index.ts";
import { type AibotConfig, checkAibotConfig } from "./config.ts";
import { leaseName } from "./keeper.ts";
import { openSession } from "./session.ts";

/** What came of asking WeCom for a connection. */
export type AibotCheck =
  | { outcome: "works" }
  /** Somebody has the lease on the connection: nothing was tried. */
  | { outcome: "taken"; by: string }
  | { outcome: "refused"; error: ChatOpsError }
  | { outcome: "unreachable"; why: string };

export interface AibotCheckDeps {
  leases: Pick<Leases, "acquire" | "release">;
  /** Names the one who checks in leases. */
  holder: string;
  clock: Clock;
}

/**
 * Whether WeCom takes the bot's id and secret. WeCom throws the older connection out when there is another one
 * (reference/wecom.md 4.5), so that it is asked only while nobody has the lease, and nobody else connects meanwhile.
 */
export async function checkAibot(given: AibotConfig, deps: AibotCheckDeps): Promise<AibotCheck> {
  const config = checkAibotConfig(given);
  const { leases, holder, clock } = deps;
  const name = leaseName(config.botId);
  const lease = await leases.acquire(name, holder, 2 * config.connectMs);
  if (lease.outcome === "taken") return { outcome: "taken", by: lease.by };
  const session = openSession({ config, clock, onReading: () => undefined });
  try {
    if (await session.ready) return { outcome: "works" };
    const how = await session.ended;
    if (how.outcome === "refused") return how;
    return { outcome: "unreachable", why: "why" in how ? how.why : how.outcome };
  } catch (error) {
    return { outcome: "unreachable", why: errorText(error) };
  } finally {
    session.close();
    await leases.release(name, lease.fence);
  }
}
