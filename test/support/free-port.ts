import { type AddressInfo, createServer } from "node:net";

/** Below the ports that systems give to connections and to servers that ask for any (32768 up, on some 20000 up). */
const FIRST = 10_240;
const LAST = 19_999;

/**
 * A port of this machine that nobody listens on, for programs that must be told theirs. No other server or connection is
 * given it by chance, so a program that ends and starts again still finds it free.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound === port));
    });
  });
}
