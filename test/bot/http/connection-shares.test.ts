import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { keepShares } from "../../../bot/http/connection-shares.ts";
import { recordingLog } from "../../support/log.ts";

/** A server with shares that listens to nobody; connections come as they are made. */
function sharing(perAddress: number) {
  const server = createServer();
  // HTTP itself would look for more in a socket than there is.
  server.removeAllListeners("connection");
  const dropped: (string | undefined)[] = [];
  const log = recordingLog();
  const metrics = {
    count: (_: string, labels?: Record<string, string>) => void dropped.push(labels?.["reason"]),
  };
  keepShares(server, perAddress, { metrics, log });
  const connect = (remoteAddress: string | undefined, localAddress = "10.0.0.1") => {
    const socket = Object.assign(new EventEmitter(), { remoteAddress, localAddress, isCut: false });
    const close = () => socket.emit("close");
    const destroy = () => {
      socket.isCut = true;
      close();
    };
    server.emit("connection", Object.assign(socket, { destroy }));
    return { isCut: () => socket.isCut, close };
  };
  return { connect, dropped, log };
}

test("an address has its share of connections, and others have theirs beside it", () => {
  const { connect, dropped } = sharing(2);
  const cut = ["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.7", "10.0.0.8"].map((one) => connect(one).isCut());
  assert.deepEqual(cut, [false, false, true, false]);
  assert.deepEqual(dropped, ["address"]);
});

test("a connection that ends makes room for the next", () => {
  const { connect, dropped } = sharing(1);
  const first = connect("10.0.0.7");
  assert.equal(connect("10.0.0.7").isCut(), true);
  first.close();
  assert.equal(connect("10.0.0.7").isCut(), false);
  assert.deepEqual(dropped, ["address"]);
});

test("addresses of one IPv6 network of 64 bits share, those of others do not", () => {
  const { connect } = sharing(1);
  const addresses = [
    "2001:db8:0:1::1",
    "2001:db8:0:1:ffff::9",
    "2001:db8:0:2::1",
    "2001:db8::1",
    "2001:db8::2:0:0:0:1",
  ];
  const cut = addresses.map((one) => connect(one).isCut());
  assert.deepEqual(cut, [false, true, false, false, true]);
});

test("this machine has no share, whichever of its addresses it uses", () => {
  const { connect, dropped } = sharing(1);
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", undefined]) {
    assert.equal(connect(address).isCut(), false);
    assert.equal(connect(address).isCut(), false);
  }
  assert.deepEqual(dropped, []);
});

test("the log is told once of an address, and again after it had none", () => {
  const { connect, log } = sharing(1);
  const first = connect("10.0.0.7");
  for (let n = 0; n < 5; n++) connect("10.0.0.7");
  assert.equal(log.lines.length, 1);
  first.close();
  connect("10.0.0.7");
  connect("10.0.0.7");
  assert.equal(log.lines.length, 2);
});

test("a connection that is dropped because all are in use is counted", async (t: TestContext) => {
  const server = createServer();
  server.maxConnections = 1;
  const dropped = Promise.withResolvers<unknown>();
  const log = recordingLog();
  keepShares(server, 10, { metrics: { count: (...told) => dropped.resolve(told) }, log });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets = [net.connect(port, "127.0.0.1"), net.connect(port, "127.0.0.1")];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  for (const socket of sockets) socket.on("error", () => undefined);
  assert.deepEqual(await dropped.promise, ["connections_dropped", { reason: "all_in_use" }]);
});
