/** Whoever asks before a reading begins shares it; it begins with the next microtask. */
export function joined<T>(read: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | null = null;
  return () => {
    next ??= Promise.resolve().then(() => {
      next = null;
      return read();
    });
    return next;
  };
}
