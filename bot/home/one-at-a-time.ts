/** Runs jobs one after the other, in the order they were given; one that fails does not stop the next. */
export function oneAtATime(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const run = last.then(job);
    // The caller has the failure; here it only must not end the queue.
    last = run.catch(() => undefined);
    return run;
  };
}
