/** One event of a stream, as StackStorm sends them. */
export interface Frame {
  event: string;
  data: string;
}

/** Takes a stream's text piece by piece and gives its events. */
export interface FrameReader {
  /** The events that are whole now; null when one is longer than the limit. */
  push(text: string): Frame[] | null;
}

/** Reads frames that end with an empty line. Heartbeats and comments are no events. */
export function frameReader(maxCharacters: number): FrameReader {
  let rest = "";
  return {
    push: (text) => {
      const parts = `${rest}${text}`.replaceAll("\r\n", "\n").split("\n\n");
      rest = parts.pop() ?? "";
      if (rest.length > maxCharacters) return null;
      return parts.flatMap((part) => frameOf(part) ?? []);
    },
  };
}

function frameOf(text: string): Frame | null {
  let event = "message";
  const data: string[] = [];
  for (const line of text.split("\n")) {
    const [, field, value = ""] = /^(event|data):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}

/** A frame as it goes over the wire. */
export function frameText({ event, data }: Frame): string {
  const lines = data.split("\n").map((line) => `data: ${line}\n`);
  return `event: ${event}\n${lines.join("")}\n`;
}
