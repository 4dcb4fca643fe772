import { connect, type Socket } from "node:net";

/** A connection on which bytes are written as they are, and all that came back until it was closed. */
export interface RawConnection {
  socket: Socket;
  /** Everything the other side said, once it has closed the connection. */
  answer: Promise<string>;
}

/** Opens a connection to the server of an address. */
export function rawConnection(url: string): RawConnection {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let said = "";
  socket.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  // A side that has closed may reset what is still written to it; what it said before is what counts.
  socket.on("error", () => undefined);
  const answer = new Promise<string>((resolve) => socket.once("close", () => resolve(said)));
  return { socket, answer };
}

/** Writes bytes to the server of an address and returns what it says until it closes the connection. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { socket, answer } = rawConnection(url);
  socket.write(bytes);
  return answer;
}

/** A request as text, its connection to be closed with the answer. */
export function rawPost(path: string, body: string, ...headers: readonly string[]): Buffer {
  const lines = [`POST ${path} HTTP/1.1`, "host: whale", "connection: close", ...headers];
  return Buffer.from(`${lines.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n${body}`, "latin1");
}

/** The status of an answer, and the code of the error that its body tells; `-` without one. */
export function statusAndCode(answer: string): [status: number, code: string] {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return [Number(head.split(" ")[1] ?? 0), /"code":"([a-z_]+)"/.exec(body)?.[1] ?? "-"];
}
