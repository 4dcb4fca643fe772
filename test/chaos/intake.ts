/** A monitor that sends every alert until it is answered with 202, as real ones do. */
export interface Monitor {
  /** Adds one alert to what is sent. */
  alert(n: number): void;
  /** Alerts that were answered with 202, with the event ids of the answers. */
  acknowledged: ReadonlyMap<number, string>;
  waiting(): number;
  stop(): void;
}

const RETRY_MS = 30;
/** A process that is halted takes a request and never answers. */
const PATIENCE_MS = 5_000;

export function startMonitor(url: string, seed: number): Monitor {
  const open = new Set<number>();
  const acknowledged = new Map<number, string>();
  let busy = false;

  const post = async (n: number): Promise<void> => {
    const detail = { host: `vm-${seed}-${n}` };
    const body = JSON.stringify({
      event_type: "chaos.probe",
      id: `alert-${seed}-${n}`,
      title: `probe ${n}`,
      detail,
    });
    const headers = { "content-type": "application/json", connection: "close" };
    const answer = await fetch(`${url}/hooks/generic`, {
      method: "POST",
      body,
      headers,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status !== 202) throw new Error(`alert ${n}: ${answer.status} ${await answer.text()}`);
    const { events } = (await answer.json()) as { events: { eventId: string }[] };
    acknowledged.set(n, events[0]?.eventId ?? "");
    open.delete(n);
  };

  const round = async () => {
    if (busy) return;
    busy = true;
    // The process may be dead at any moment; what was not acknowledged is sent again.
    await Promise.allSettled([...open].map(post));
    busy = false;
  };
  const timer = setInterval(() => void round(), RETRY_MS);
  return {
    alert: (n) => void open.add(n),
    acknowledged,
    waiting: () => open.size,
    stop: () => clearInterval(timer),
  };
}
