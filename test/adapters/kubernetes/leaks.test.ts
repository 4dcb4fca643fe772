import assert from "node:assert/strict";
import { test } from "node:test";
import { createKubernetesRollouts } from "../../../adapters/kubernetes/index.ts";
import { httpServer } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { recordingLog } from "../../support/log.ts";
import { countedMetrics } from "../stackstorm/support.ts";
import { aDeploy, IMAGES, TOKEN } from "./simulated.ts";

/** What a server answers that repeats the credential it was given. */
const ECHOES: readonly ((given: string) => { status: number; body: unknown })[] = [
  (given) => ({
    status: 403,
    body: { kind: "Status", message: `no right for ${given}`, details: { kind: "x" } },
  }),
  (given) => ({ status: 500, body: { kind: "Status", message: given } }),
  (given) => ({ status: 409, body: { kind: "Status", message: given } }),
  (given) => ({ status: 200, body: { metadata: { name: given }, [given]: given } }),
];

for (const [at, echo] of ECHOES.entries()) {
  test(`repeats no token that a server sends back (${at})`, async (t) => {
    const { origin } = await httpServer(t, (request, response) => {
      const { status, body } = echo(request.headers.authorization ?? "");
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    const log = recordingLog();
    const deploy = aDeploy(origin);
    const rollouts = createKubernetesRollouts({
      clusters: [{ name: "hz", deploy }],
      log,
      metrics: countedMetrics(),
    });
    t.after(rollouts.close);
    const order = { cluster: "hz", role: "workers" as const, strategy: "packs-image" as const };
    const said = await Promise.allSettled([
      rollouts.read("hz", "packs-image"),
      rollouts.set({ ...order, image: IMAGES.next, release: "r_1" }),
      rollouts.state(order),
    ]);
    assert.equal(said.length, 3);
    assertLeaksNoSecret([TOKEN], [said, log.lines]);
  });
}
