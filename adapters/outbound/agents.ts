import http from "node:http";
import https from "node:https";
import type { OutboundConfig } from "./config.ts";

/** The connections of one outbound client. */
export interface Agents {
  http: http.Agent;
  https: https.Agent;
}

/** Keep-alive pools, through the proxy if there is one. Nothing is read from the environment. */
export function createAgents(config: OutboundConfig): Agents {
  const guard = config.guard ? { lookup: config.guard.lookup } : {};
  const options = { ...poolOptions(config), ...proxyOptions(config), ...guard };
  const trust = {
    ...(config.caPem === undefined ? {} : { ca: config.caPem }),
    ...(config.anyCertificate ? { rejectUnauthorized: false } : {}),
  };
  return { http: new http.Agent(options), https: new https.Agent({ ...options, ...trust }) };
}

function poolOptions({ maxSockets, timeoutMs }: OutboundConfig): http.AgentOptions {
  // The agent's own timeout closes idle sockets and a tunnel that a proxy never finishes.
  return { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: timeoutMs };
}

function proxyOptions({ proxyUrl }: OutboundConfig): http.AgentOptions {
  // node's tunnel, not the one of axios: that one hands a proxy's refusal out as the service's answer.
  return proxyUrl === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl } };
}
