import { wallClockMs } from "../../core/time/index.ts";
import { environment } from "../config/index.ts";

/** The zone of all times on the terminal. */
export function terminalZone(): string {
  return environment()["WHALE_TIME_ZONE"]?.trim() || "Asia/Shanghai";
}

/**
 * An instant as people at a terminal read it, in a zone and with its offset: 2026-11-25T17:30:05+08:00. Options that
 * take a time take it again. What programs read stays UTC.
 */
export function localTime(iso: string, timeZone: string): string {
  const secondMs = Math.floor(Date.parse(iso) / 1000) * 1000;
  const wallMs = wallClockMs(secondMs, timeZone);
  return new Date(wallMs).toISOString().replace(/\.000Z$/, offsetText((wallMs - secondMs) / 60_000));
}

/** Words with the instants in them as people at a terminal read them: what a running process tells is in UTC. */
export function localTimes(words: string, timeZone: string): string {
  return words.replace(UTC, (iso) => (Number.isNaN(Date.parse(iso)) ? iso : localTime(iso, timeZone)));
}

const UTC = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z/g;

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.floor(Math.abs(minutes) % 60)];
  const two = (part: number) => String(part).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}
