import { ChatOpsError } from "../../core/errors.ts";
import type { Clock, Directory, Logger, Login, Messenger, Metrics } from "../../core/ports/index.ts";
import { createOutbound, type Outbound } from "../outbound/index.ts";
import { type Appchat, createAppchat } from "./appchat.ts";
import { createCallback, type WecomCallback } from "./callback.ts";
import { type Checkup, createCheckup } from "./checkup.ts";
import { createClient } from "./client.ts";
import { type CheckedConfig, checkConfig, type WecomConfig } from "./config.ts";
import { createContacts } from "./contacts.ts";
import { type CallbackCrypto, createCallbackCrypto } from "./crypto.ts";
import { createDirectory } from "./directory.ts";
import { ensureMenu, type MenuItem, type MenuOutcome } from "./menu.ts";
import { createMessenger } from "./messenger.ts";
import { createLogin } from "./oauth.ts";
import { createOpenUserIds, type OpenUserIds } from "./open-user-ids.ts";
import { type Troubles, watchTroubles } from "./troubles.ts";

/** What the adapter asks of its surroundings. */
export interface WecomDeps {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** Sixteen random bytes for encryption; tests make it reproducible. */
  random?: () => Buffer;
}

/** Whether WeCom gives us a token; `reason` is the code of the error. */
export type ProbeOutcome =
  | { outcome: "working" }
  | { outcome: "failing"; reason: string; retryable: boolean; message: string };

/** One self-built app of one company. */
export interface Wecom {
  messenger: Messenger;
  directory: Directory;
  callback: WecomCallback;
  appchat: Appchat;
  openUserIds: OpenUserIds;
  login: Login;
  /** Makes sure that the app has a menu with these buttons; one that somebody else made stays. */
  ensureMenu(items: readonly MenuItem[]): Promise<MenuOutcome>;
  /** Looks at how the app is set up. */
  checkup: Checkup;
  /** What its calls met and what only a person can end. */
  troubles: Troubles;
  /** Whether a token can be had. Cheap: a token in hand is an answer. Never throws. */
  probe(): Promise<ProbeOutcome>;
  /** Closes the connections; calls under way fail. */
  close(): void;
}

/** A department of some ten thousand members. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
/** A file of 20 MB in its form. */
const MAX_REQUEST_BYTES = 21 * 1024 * 1024;

function openOutbound(config: CheckedConfig): Outbound {
  return createOutbound({
    name: "wecom",
    baseUrl: config.apiBase,
    timeoutMs: config.requestTimeoutMs,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    maxRequestBytes: MAX_REQUEST_BYTES,
    secrets: [config.corpSecret],
    ...(config.proxyUrl === undefined ? {} : { proxyUrl: config.proxyUrl }),
  });
}

function createProbe(checkToken: () => Promise<void>): () => Promise<ProbeOutcome> {
  return async () => {
    try {
      await checkToken();
      return { outcome: "working" };
    } catch (error) {
      if (!(error instanceof ChatOpsError)) throw error;
      const { code, retryable, message } = error;
      return { outcome: "failing", reason: code, retryable, message };
    }
  };
}

function openCrypto(config: CheckedConfig, { clock, random }: WecomDeps): CallbackCrypto {
  const { token, encodingAesKey, corpId, callbackWindowMs } = config;
  const options = { token, encodingAesKey, receiveId: corpId, windowMs: callbackWindowMs, clock };
  return createCallbackCrypto(random ? { ...options, random } : options);
}

/** Builds the adapter. Throws `wecom.bad_config` naming a bad field. Makes no call by itself. */
export function createWecom(given: WecomConfig, deps: WecomDeps): Wecom {
  const config = checkConfig(given);
  const { clock, log, metrics } = deps;
  const outbound = openOutbound(config);
  const plain = createClient({ config, outbound, clock, log, metrics });
  const { client, troubles } = watchTroubles(plain, clock);
  const contacts = createContacts(client);
  const crypto = openCrypto(config, deps);
  const { agentId } = config;
  return {
    messenger: createMessenger({ client, agentId: config.agentId, log }),
    directory: createDirectory({ contacts, clock, log, ttlMs: config.directoryTtlMs }),
    ensureMenu: (items) => ensureMenu(client, config.agentId, items),
    callback: createCallback(crypto, agentId, clock),
    appchat: createAppchat(client),
    openUserIds: createOpenUserIds(client),
    checkup: createCheckup({ client, crypto, agentId, clock }),
    troubles,
    login: createLogin(client, config),
    probe: createProbe(client.checkToken),
    close: () => outbound.close(),
  };
}
