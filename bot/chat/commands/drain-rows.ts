import type { CardLine } from "../../../core/cards/index.ts";
import type { DrainOrder } from "../../../core/clusters/index.ts";
import type { Texts } from "../../../core/texts/index.ts";
import { formatDuration } from "../../../core/time/index.ts";

/** What is to be confirmed of a drain: its deadline with what comes then, and why. */
export function drainRows({ forMs, atDeadline, why }: DrainOrder, { fleet, labels }: Texts): CardLine[] {
  const { label, value } = fleet.until;
  return [
    ...(forMs === null ? [] : [{ label, value: value(formatDuration(forMs), atDeadline) }]),
    ...(why === "" ? [] : [{ label: labels.reason, value: why }]),
  ];
}
