import type { Home } from "../adapters/files/index.ts";
import { isSecretKey, maskText } from "../adapters/telemetry/index.ts";
import { secretsOfAuth } from "../core/events/index.ts";
import type { Secrecy } from "../core/pages/index.ts";
import type { ActionWatch } from "./actions/index.ts";

/** The key alone too: who has it can write into the group. */
export function robotSecrets(url: string | null): string[] {
  return url === null ? [] : [url, URL.parse(url)?.searchParams.get("key") ?? ""];
}

/** What of a home must never be seen in a log line. */
export function secretsOf({ clusters, sources, rosters, groups }: Home): string[] {
  const keys = clusters.map(({ auth }) => (auth.kind === "apiKey" ? auth.apiKey : auth.password));
  const tokens = sources.flatMap(({ auth }) => secretsOfAuth(auth));
  const bearers = rosters.flatMap((roster) => {
    return roster.kind === "lookup" && roster.lookup.kind === "http" ? (roster.lookup.bearer ?? []) : [];
  });
  const robots = Object.values(groups).flatMap((group) => (group.kind === "robot" ? group.key : []));
  const places = clusters.flatMap(({ deploy }) => {
    return deploy?.kind === "kubernetes" && "text" in deploy.token ? deploy.token.text : [];
  });
  return [...keys, ...tokens, ...bearers, ...robots, ...places];
}

/** How it is known what of tasks is secret. */
export function secrecyOver({ lookup }: Pick<ActionWatch, "lookup">): Secrecy {
  return { masking: { isSecretKey, maskText }, actions: lookup };
}
