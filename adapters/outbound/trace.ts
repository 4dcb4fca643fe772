import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** How far one request came. */
export interface Trace {
  /** The request was accepted for sending; before that nothing touches the network. */
  requested: boolean;
  /** A TCP connection stood. */
  connected: boolean;
  /** The connection could carry the request: from here on, it may have arrived. */
  established: boolean;
}

/** What axios calls to send; node's own http and https have this shape. */
export interface Transport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/** A trace at its beginning. */
export function newTrace(): Trace {
  return { requested: false, connected: false, established: false };
}

/** node's own client, telling the trace how far the request comes. */
export function tracedTransport(secure: boolean, trace: Trace): Transport {
  const client = secure ? https : http;
  return {
    request(options, onResponse) {
      const request = client.request(options, onResponse);
      trace.requested = true;
      request.once("socket", (socket) => watch(socket, trace));
      return request;
    },
  };
}

function watch(socket: Socket, trace: Trace): void {
  // A socket that is not connecting was used before, or comes out of a proxy's tunnel with its handshake done.
  if (!socket.connecting) {
    trace.connected = true;
    trace.established = true;
    return;
  }
  socket.once("connect", () => {
    trace.connected = true;
  });
  // node holds the request back until this event: without it no byte of it has left.
  socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () => {
    trace.established = true;
  });
}
