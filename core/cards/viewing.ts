import type { ShowRun } from "../pages/secrets.ts";
import type { Progress } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { CardLine } from "./card.ts";

/** What a card needs beside the task. */
export interface Viewing {
  texts: Texts;
  /** IANA name of the zone that times are shown in, for example `Asia/Shanghai`. */
  timeZone: string;
  /** Name of a userid. */
  nameOf: (userId: string) => string;
  /** What may be seen of what a task runs. */
  shown: ShowRun;
  /** Rows of the result, rendered from the rule's templates; empty before the end. */
  resultRows: readonly CardLine[];
  /** How far a workflow is that runs; absent where it is not known. */
  progress?: Progress | null;
  /** The address of a task's page; null, or absent, where pages have none that people can reach. */
  linkOf?: (taskId: string) => string | null;
}
