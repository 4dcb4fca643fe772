const UNIT_BYTES: Record<string, number> = { B: 1, KB: 1024, MB: 1_048_576, GB: 1_073_741_824, TB: 2 ** 40 };

/** Bytes of a size such as `512MB`, `1.5GB` or `0`, in units of 1024; null when it is none. */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?(B|KB|MB|GB|TB)?$/i.exec(text.trim());
  if (!match?.[1]) return null;
  return Math.round(Number(match[1]) * (UNIT_BYTES[(match[2] ?? "B").toUpperCase()] ?? 1));
}
