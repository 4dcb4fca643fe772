const STEP = /^(?:\.?([^.[\]"']+)|\[(\d+)\]|\[(?:"([^"]*)"|'([^']*)')\])/;

/**
 * The keys of a path below an event: `detail.disks.0.mount`, where a key that holds a dot stands in brackets
 * and quotes, `labels["app.kubernetes.io/name"]`. A leading dot is allowed. Null when it is not a path.
 */
export function parsePath(text: string): string[] | null {
  const keys: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const match = STEP.exec(rest);
    const key = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
    if (!match || key === undefined) return null;
    // Only the first key may stand without a dot before it.
    if (keys.length > 0 && match[1] !== undefined && !rest.startsWith(".")) return null;
    keys.push(key);
    rest = rest.slice(match[0].length);
  }
  return keys.length > 0 ? keys : null;
}
