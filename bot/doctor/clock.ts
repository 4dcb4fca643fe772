import type { Clock } from "../../core/ports/index.ts";
import type { Finding } from "./finding.ts";
import { findingsAbout } from "./finding.ts";

/** When something outside says that it is now, in milliseconds; null when it does not say. */
export type DateReader = (address: string) => Promise<number | null>;

/** A second is as exact as the header is, the rest is the way. */
const SMALL_MS = 5_000;
/** Callbacks further off are refused, and starts are looked for within as much. */
const WINDOW_MS = 300_000;

const ADVICE = "在本机启用时间同步：timedatectl set-ntp true，或 chrony (let this machine follow NTP)";

/** Compares the clock of this machine with another's. What does not answer is found elsewhere. */
export async function lookAtClock(
  name: string,
  address: string,
  { readDate, clock }: { readDate: DateReader; clock: Clock },
): Promise<Finding[]> {
  const { holds, reduced, fails } = findingsAbout(`clock against ${name}`);
  const askedMs = clock.nowMs();
  const theirsMs = await readDate(address);
  if (theirsMs === null) return [];
  // Their answer was written some time between asking and hearing it.
  const between = (askedMs + clock.nowMs()) / 2;
  const offMs = Math.round(between - theirsMs);
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const off = offMs < 0 ? `慢 ${seconds} 秒 (${seconds} s behind)` : `快 ${seconds} 秒 (${seconds} s ahead)`;
  if (seconds * 1000 <= SMALL_MS) return [holds("clock_fits", "时间一致 (the clocks agree)")];
  if (Math.abs(offMs) < WINDOW_MS) return [reduced("clock_off", `本机的钟${off}`, ADVICE)];
  const lost = "相差超过 5 分钟，回调会被当作过期拒收 (callbacks are refused as stale)";
  return [fails("clock_off", `本机的钟${off}；${lost}`, ADVICE)];
}
