import { ChatOpsError } from "../../core/errors.ts";
import type { AddressGuard } from "./guard.ts";

/** How one foreign service is called. */
export interface OutboundOptions {
  /** First part of every error code, for example `wecom`. */
  name: string;
  /** Where `path` hangs, http or https, for example `https://st2.example/api`. None: requests name a `url`. */
  baseUrl?: string;
  /** How long a whole call may take, from the wait for a socket to the last byte, in milliseconds. */
  timeoutMs: number;
  /** Longest answer that is read, in bytes after decompression. */
  maxResponseBytes: number;
  /** Longest body that is sent, in bytes. Default 4 MiB. */
  maxRequestBytes?: number;
  /** Sent with every request, whatever its address. Default none. */
  headers?: Record<string, string>;
  /** Texts that must never stand in an error; each is replaced by `***`. Default none. */
  secrets?: readonly string[];
  /** Proxy for all requests, http or https, with credentials if it wants them. The environment is ignored. */
  proxyUrl?: string;
  /** Connections open at once to one address; more requests wait. Default 32. */
  maxSockets?: number;
  /** Certificates, in PEM, to trust instead of the system's; for a service with an authority of its own. */
  caPem?: string;
  /** Takes any certificate. Default false. */
  anyCertificate?: boolean;
  /** Keeps its connections away from addresses that are refused. Default none: it may go anywhere. */
  guard?: AddressGuard;
}

/** The same, with the defaults filled in. */
export interface OutboundConfig extends OutboundOptions {
  maxRequestBytes: number;
  headers: Record<string, string>;
  secrets: readonly string[];
  maxSockets: number;
}

const DEFAULTS = { maxRequestBytes: 4 * 1024 * 1024, maxSockets: 32, headers: {}, secrets: [] };
const COUNTS = ["timeoutMs", "maxResponseBytes", "maxRequestBytes", "maxSockets"] as const;
const ADDRESSES = ["baseUrl", "proxyUrl"] as const;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Fills in the defaults and refuses bad values, naming the option. Addresses and secrets are not repeated. */
export function checkOptions(options: OutboundOptions): OutboundConfig {
  const config: OutboundConfig = { ...DEFAULTS, ...options };
  if (!/^[a-z][a-z0-9_-]*$/.test(config.name)) throw badOption(`name "${config.name}" is not a plain word`);
  for (const key of COUNTS) {
    if (isCount(config[key])) continue;
    throw badOption(`${config.name}: ${key} must be a whole number from 1 to 2147483647, not ${config[key]}`);
  }
  for (const key of ADDRESSES) {
    if (config[key] === undefined || isHttpUrl(config[key])) continue;
    throw badOption(`${config.name}: ${key} is not an http or https address without query`);
  }
  return config;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= LONGEST_TIMER_MS;
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url?.search !== "" || url.hash !== "") return false;
  return url.protocol === "http:" || url.protocol === "https:";
}

function badOption(message: string): ChatOpsError {
  return new ChatOpsError(message, { code: "outbound.bad_option", retryable: false, reached: "no" });
}
