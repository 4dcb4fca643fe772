/**
 * Where one process may be killed: behind each thing that it changes outside of itself, before it knows of it. That is
 * also where it would be killed before the next.
 */
export interface Kill {
  /** The nth point; absent: it lives. */
  at?: number;
  /** How many points there were. */
  passed: number;
  /** What each point was behind, such as `rollouts.set`. */
  names: string[];
}

class Killed extends Error {}

export function aKill(at?: number): Kill {
  return { passed: 0, names: [], ...(at === undefined ? {} : { at }) };
}

export function isDead({ at, passed }: Kill): boolean {
  return at !== undefined && passed >= at;
}

/** A point at which it may be killed; throws when it is dead from here on. */
export function passBy(kill: Kill, name: string): void {
  kill.passed += 1;
  kill.names.push(name);
  if (isDead(kill)) throw new Killed("killed");
}

/** Throws when it is dead. */
export function mustLive(kill: Kill): void {
  if (isDead(kill)) throw new Killed("dead");
}

/** What changes nothing that another process would see. */
const READS = [
  ...["get", "list", "read", "state", "registered", "find", "version", "busy", "inspect", "digestOf"],
  ...["acquire", "release", "held", "log", "bill", "workspace", "layPacks"],
];

/** Wraps what a process reaches so that it can be killed there; a killed one does nothing any more. */
export function killable<T extends object>(port: string, what: T, kill: Kill): T {
  const wrapped = Object.entries(what).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    const call = async (...args: unknown[]) => {
      mustLive(kill);
      const result = await value(...args);
      if (!READS.includes(name)) passBy(kill, `${port}.${name}${kindOf(port, args[0])}`);
      return result;
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped) as T;
}

/** Of what is stored or removed in the shared state its kind. */
function kindOf(port: string, given: unknown): string {
  if (port !== "state") return "";
  return ` ${typeof given === "string" ? given : (given as { kind: string }).kind}`;
}
