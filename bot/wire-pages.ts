import type Router from "koa-router";
import type { Wecom } from "../adapters/wecom/index.ts";
import { showingRuns } from "../core/pages/index.ts";
import type { Directory } from "../core/ports/index.ts";
import type { Fleet } from "./clusters/index.ts";
import type { Config } from "./config/index.ts";
import type { DelegationKeeper } from "./delegations/index.ts";
import type { InForceHolder } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import { type PageDeps, pageRoutes } from "./pages/index.ts";
import type { RoleFinder } from "./people.ts";
import type { StopKeeper } from "./stops/index.ts";
import type { Stores } from "./stores.ts";
import { createViewer } from "./workers/index.ts";

/** What the pages stand on. */
export interface PageParts
  extends Pick<PageDeps, "advancer" | "answerer" | "clock" | "log" | "metrics">,
    Pick<PageDeps["facts"], "executor" | "secrecy"> {
  config: Config;
  stores: Stores;
  inForce: InForceHolder;
  wecom: Wecom;
  directory: Directory;
  delegations: DelegationKeeper;
  rolesOf: RoleFinder;
  languages: Pick<Languages, "stated">;
  explainer: PageDeps["console"]["explainer"];
  stops: StopKeeper;
  fleet: Fleet;
}

/** The pages that cards link to, and the console beside them; none where nobody could be sent to them. */
export function pagesOver(router: Router, parts: PageParts): void {
  const { config, stores, inForce, wecom, directory, delegations, rolesOf, executor, explainer } = parts;
  const { sessionKey } = config;
  const { publicUrl } = config.admin;
  if (publicUrl === null) return;
  const { language, timeZone, trustProxyHops } = config;
  const { archive } = stores;
  const { journal, tasks, audit, state } = stores.store;
  const sessionSecret = sessionKey || config.wecom.encodingAesKey;
  const { secrecy, advancer, answerer, clock, log, metrics } = parts;
  const viewed = { directory, journal, archive, timeZone, secrecy, plain: (text: string) => text };
  const { stops, fleet } = parts;
  pageRoutes(router, {
    config: { publicUrl, sessionSecret, language, trustProxyHops },
    login: wecom.login,
    visit: {
      ...{ tasks, directory, delegations, rolesOf, roles: () => inForce.current().roles },
      languageOf: parts.languages.stated,
    },
    facts: {
      ...{ directory, journal, archive, executor, explainer, secrecy, state },
      rules: () => inForce.current().set,
      viewIn: (asked) => createViewer({ ...viewed, languages: { of: async () => asked } }),
    },
    console: {
      ...{ directory, tasks, archive, explainer, stops, fleet, clock, timeZone },
      masking: secrecy.masking,
      shown: showingRuns(secrecy),
      clusters: () => inForce.current().clusters,
      rules: () => inForce.current().rules,
      registry: () => inForce.current().registry,
    },
    ...{ advancer, answerer, state, audit, clock, log, metrics },
  });
}
