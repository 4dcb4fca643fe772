/** One event that a shared body must give. */
export interface Expected {
  name: string;
  severity: string;
  subject: string;
  title: string;
  incident: string;
  time?: string;
  endsAt?: string;
  status: string;
}

/** A shared body by its path, with the kind that reads it. No events: a handshake. */
export interface SharedBody {
  file: string;
  kind: string;
  events: readonly Expected[];
}

/** What a body must give, in the order of its alerts. */
export function events(file: string, kind: string, ...expected: readonly Expected[]): SharedBody {
  return { file, kind, events: expected };
}
