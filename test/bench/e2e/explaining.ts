import { setTimeout as pause } from "node:timers/promises";
import { localAccess } from "../../../bot/wire-local.ts";

/** Events of which it is asked why, each once. */
const ASKED = 100;

/** How long each took that was asked why rules did or did not fire for an event, in milliseconds. */
export async function explainTimes(dataDir: string, runs: number): Promise<number[]> {
  const { origin, token } = await localAccess(dataDir);
  const read = async (path: string) => {
    const answer = await fetch(`${origin}/api/v1/events${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const wanted = Math.min(ASKED, runs);
  let ids: string[] = [];
  // The archive comes behind the journal.
  while (ids.length < wanted) {
    const { events } = (await read(`?reason=fired&limit=${wanted}`)) as { events: { id: string }[] };
    ids = events.map(({ id }) => id);
    if (ids.length < wanted) await pause(50);
  }
  const times: number[] = [];
  for (const id of ids) {
    const sinceMs = performance.now();
    const { rules } = (await read(`/${id}/explain`)) as { rules: { verdict?: { reason: string } }[] };
    times.push(performance.now() - sinceMs);
    if (!rules.some(({ verdict }) => verdict?.reason === "fired")) throw new Error(`${id}: not explained`);
  }
  return times;
}
