import { ChatOpsError, errorText } from "../../core/errors.ts";

/** Why something could not be had of a repository. */
export type GitTrouble = "absent" | "unsafe" | "refused" | "unreachable" | "canceled";

const TROUBLES: readonly GitTrouble[] = ["absent", "unsafe", "refused", "unreachable", "canceled"];

/** A trouble on its way to the port's edge, where it becomes an outcome. */
export function gitError(trouble: GitTrouble, message: string): ChatOpsError {
  return new ChatOpsError(message, { code: `git.${trouble}`, retryable: trouble === "unreachable" });
}

/** What an error becomes at the edge. Anything unforeseen, such as a full disk, is refused with its own words. */
export function troubleOf<T extends GitTrouble>(
  error: unknown,
  foreseen: readonly T[],
): { outcome: T | "refused"; message: string } {
  const code = error instanceof ChatOpsError ? error.code.slice("git.".length) : "";
  const trouble = TROUBLES.find((one) => one === code);
  const outcome = foreseen.find((one) => one === trouble) ?? "refused";
  return { outcome, message: errorText(error) };
}

/** What git says when the other side is not there or gave up; it has no code for it. */
const UNREACHABLE =
  /could not resolve host|couldn't connect|connection (refused|reset|timed out|closed)|timed out|network is unreachable|no route to host|early eof|hung up unexpectedly|operation too slow|returned error: 5\d\d|failed to connect|temporary failure|gnutls|ssl_error|tls/i;
/** The other side has no such object, or does not hand out what it does not advertise. */
const ABSENT =
  /not our ref|unadvertised object|couldn't find remote ref|no such remote ref|does not support shallow/i;

/** What the last words of git mean. */
export function troubleIn(stderr: string): GitTrouble {
  if (ABSENT.test(stderr)) return "absent";
  return UNREACHABLE.test(stderr) ? "unreachable" : "refused";
}
