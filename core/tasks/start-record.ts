/** One attempt to start. It is stored before the request leaves. */
export interface StartRecord {
  no: number;
  requestId: string;
  cluster: string;
  intentAtMs: number;
  /** The try that stored the intent: nobody else may send it. Absent in tasks of earlier versions. */
  sender?: string;
  /** After this instant an unresolved start is `unknown` and a human is asked. */
  unknownAtMs: number;
  /** How often StackStorm was asked for the request id. */
  looks: number;
  /** Clusters that may hold an earlier start of the task: until each has said that it does not, none goes out. */
  before?: readonly string[];
  /** It is proved that this one never went out, so that its cluster holds nothing of it. */
  notSent?: true;
  /** Clusters that did not take a start of the task, oldest first. */
  refusals?: readonly Refusal[];
}

/** A cluster that did not take a start, which is proved; for a while others go before it. */
export interface Refusal {
  cluster: string;
  /** How often in a row. */
  times: number;
  untilMs: number;
}
