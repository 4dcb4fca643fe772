/** An instant to the second, with its zone: pages are kept and passed on, so that the day alone says too little. */
export function pageTime(ms: number, timeZone: string): string {
  if (!Number.isFinite(ms)) return "–";
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    ...{
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    },
    timeZoneName: "short",
  });
  return format.format(ms);
}
