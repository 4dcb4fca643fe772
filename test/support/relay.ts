import { connect, createServer, type Socket } from "node:net";
import { listening } from "./http-server.ts";

/** A place in the network between a client and servers of this machine. */
export interface Relay {
  port: number;
  /** From now on nothing passes, in either direction, and nobody is told: as a cable that is pulled. */
  cut(): void;
  /** Lets new connections pass again; those that were cut are gone. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts a relay; each connection goes to the next target in turn, past those that do not listen. */
export async function startRelay(targets: () => readonly number[]): Promise<Relay> {
  const ends = new Set<Socket>();
  let isCut = false;
  let turn = 0;
  const hold = (socket: Socket): Socket => {
    ends.add(socket);
    // The other end hears of it by the pipe.
    socket.on("error", () => socket.destroy()).once("close", () => ends.delete(socket));
    return socket;
  };
  const dial = (client: Socket, ports: readonly number[]): void => {
    const [port, ...others] = ports;
    if (port === undefined) return void client.destroy();
    const server = connect(port, "127.0.0.1");
    server.once("error", () => dial(client, others));
    server.once("connect", () => {
      server.removeAllListeners("error");
      hold(server).pipe(client).pipe(server);
      client.once("close", () => server.destroy());
      server.once("close", () => client.destroy());
      if (isCut) for (const end of [client, server]) end.pause().unpipe();
    });
  };
  const server = createServer((client) => {
    hold(client);
    if (isCut) return void client.pause();
    const ports = targets();
    turn += 1;
    dial(
      client,
      ports.map((_, n) => ports[(n + turn) % ports.length] ?? 0),
    );
  });
  const { port } = await listening(server);
  return {
    port,
    cut: () => {
      isCut = true;
      for (const end of ends) end.pause().unpipe();
    },
    mend: () => {
      isCut = false;
      for (const end of ends) end.destroy();
    },
    close: async () => {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
