import type { TaskState } from "../tasks/task.ts";

/** What a digest tells of one message that it stands for. */
export type DigestLine =
  /** A task has ended. */
  | { about: "ended"; id: string; title: string; state: TaskState }
  /** Something that was to be told in these words, in the channel's markup. */
  | { about: "text"; text: string };
