import { setTimeout as pause } from "node:timers/promises";

interface Shown {
  id: string;
  state: string;
  reason: string;
  events: number;
}

/** Rehearsals of everything, ordered over REST. */
export interface RehearsalClient {
  /** Keeps one going, the next when it ends, until it is told to stop. */
  keepRunning(): { events(): Promise<number>; stop(): Promise<number> };
  /** Runs one from beginning to end, and tells its events per second. */
  whole(): Promise<number>;
}

const LOOK_MS = 100;

/** Asks a process with its local token. */
export function rehearsals(url: string, token: string): RehearsalClient {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = async (method: string, path: string, body?: object): Promise<Shown> => {
    const sent = body ? { body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}/api/v1/replays${path}`, { method, headers, ...sent });
    if (!answer.ok && answer.status !== 409) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Shown;
  };
  const begin = () => ask("POST", "", { filter: {}, mode: "rehearse" });
  return {
    keepRunning: () => keepRunning(ask, begin),
    whole: async () => {
      const { id } = await begin();
      const startedMs = performance.now();
      for (;;) {
        const { state, reason, events } = await ask("GET", `/${id}`);
        if (state === "done") return (events * 1000) / (performance.now() - startedMs);
        if (state !== "queued" && state !== "running") throw new Error(`the replay ${state}: ${reason}`);
        await pause(LOOK_MS);
      }
    },
  };
}

function keepRunning(
  ask: (method: string, path: string) => Promise<Shown>,
  begin: () => Promise<Shown>,
): ReturnType<RehearsalClient["keepRunning"]> {
  let over = false;
  const ids: string[] = [];
  const running = (async () => {
    while (!over) {
      const { id } = await begin();
      ids.push(id);
      while (!over && ["queued", "running"].includes((await ask("GET", `/${id}`)).state))
        await pause(LOOK_MS);
    }
  })();
  const events = async () => {
    const shown = await Promise.all(ids.map((id) => ask("GET", `/${id}`)));
    return shown.reduce((sum, one) => sum + one.events, 0);
  };
  const stop = async () => {
    over = true;
    await running;
    const last = ids.at(-1);
    if (last !== undefined) await ask("POST", `/${last}/cancel`);
    return events();
  };
  return { events, stop };
}
