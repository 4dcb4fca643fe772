import http from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import type { TestContext } from "node:test";

/** A local server that lives as long as its test. */
export interface LocalServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  origin: string;
}

/** Starts a real HTTP server on a free port of this machine and stops it, with its connections, after the test. */
export async function httpServer(test: TestContext, handler: http.RequestListener): Promise<LocalServer> {
  const server = http.createServer(handler);
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return listening(server);
}

/** The same for a server of bare sockets. */
export async function tcpServer(
  test: TestContext,
  onSocket: (socket: net.Socket) => void,
): Promise<LocalServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    // The other side may break off; that is what these tests are about.
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  });
  test.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return listening(server);
}

/** Waits until a server listens on a free port of 127.0.0.1. */
export async function listening(server: net.Server): Promise<LocalServer> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, origin: `http://127.0.0.1:${port}` };
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function refusedPort(): Promise<number> {
  const server = net.createServer();
  const { port } = await listening(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
