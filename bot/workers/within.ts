import { errorText } from "../../core/errors.ts";

/** A person waits: what is not said within this is told as not known. */
const PATIENCE_MS = 3_000;

/** What is told within the time that a person waits, or why it is not. */
export async function within<T>(asked: Promise<T>): Promise<{ value: T } | { why: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ why: string }>((resolve) => {
    timer = setTimeout(() => resolve({ why: `${PATIENCE_MS / 1000} s` }), PATIENCE_MS);
  });
  const answered = asked.then(
    (value) => ({ value }),
    (error: unknown) => ({ why: errorText(error) }),
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
