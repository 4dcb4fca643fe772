/** An address as a number, and how many bits its kind has. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** Addresses that share their first `prefix` bits. */
interface Block extends Address {
  prefix: number;
}

/** A block such as `10.0.0.0/8` or `fd00::/8`, or one address, as a test of an address; null when it is none. */
export function parseBlock(text: string): ((address: string) => boolean) | null {
  const block = blockOf(text);
  return block === null ? null : (address) => holds(block, address);
}

function blockOf(text: string): Block | null {
  const parts = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const address = parseAddress(parts?.[1] ?? "");
  if (address === null) return null;
  const prefix = Number(parts?.[2] ?? address.bits);
  return prefix <= address.bits ? { ...address, prefix } : null;
}

function holds(block: Block, text: string): boolean {
  const address = parseAddress(text.trim());
  if (address === null || address.bits !== block.bits) return false;
  const shift = BigInt(block.bits - block.prefix);
  return address.value >> shift === block.value >> shift;
}

/** An IPv6 address that only wraps an IPv4 one is that IPv4 address. */
function parseAddress(text: string): Address | null {
  if (text.length > 45) return null;
  const four = parseFour(text);
  if (four !== null) return { bits: 32, value: four };
  const six = parseSix(text);
  if (six === null) return null;
  return six >> 32n === 0xffffn ? { bits: 32, value: six & 0xffff_ffffn } : { bits: 128, value: six };
}

function parseFour(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    // A leading zero is octal to some readers and decimal to others.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseSix(text: string): bigint | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail?.[2] === undefined ? null : parseFour(tail[2]);
  if (tail && four === null) return null;
  const hex =
    four === null ? text : `${tail?.[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = hex.split("::");
  if (halves.length > 2) return null;
  const [head, end] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = filled(head ?? [], end);
  return groups?.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
    : null;
}

function filled(head: string[], end: string[] | undefined): string[] | null {
  if (!end) return head.length === 8 ? head : null;
  const missing = 8 - head.length - end.length;
  return missing >= 1 ? [...head, ...new Array<string>(missing).fill("0"), ...end] : null;
}
