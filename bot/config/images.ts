import { parseEnv } from "node:util";
import type { ConfigReader } from "./reader.ts";

/** How images are built and pushed. */
export interface ImagesSetting {
  /** The program that builds. */
  program: string;
  storageDriver: "vfs" | "overlay";
  isolation: "chroot" | "oci" | "rootless";
  /** Names and passwords for registries; none when absent. */
  authFile?: string;
  tlsVerify: boolean;
  caPem?: string;
  /** What installs find in their environment; its values are secrets. */
  buildEnv: Readonly<Record<string, string>>;
  /** How long a build may take, in milliseconds. */
  buildMs: number;
  /** Largest repository that is fetched, in bytes. */
  maxRepoBytes: number;
  /** The environment of the program: where programs are, and the proxies that it goes through. */
  env: Readonly<Record<string, string>>;
}

const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Reads it; all of it has defaults. */
export function readImages(read: ConfigReader): ImagesSetting {
  const authFile = read.given("REGISTRY_AUTH_FILE");
  const caPem = read.file("WHALE_REGISTRY_CA_FILE");
  const proxies = PROXIES.map((name) => [name, read.given(name)]).filter(([, value]) => value !== "");
  return {
    program: read.given("WHALE_BUILDAH") || "buildah",
    storageDriver: read.oneOf("WHALE_BUILD_STORAGE", ["vfs", "overlay"], "vfs"),
    isolation: read.oneOf("WHALE_BUILD_ISOLATION", ["chroot", "oci", "rootless"], "chroot"),
    ...(authFile === "" ? {} : { authFile }),
    tlsVerify: read.oneOf("WHALE_REGISTRY_TLS_VERIFY", ["true", "false"], "true") === "true",
    ...(caPem === "" ? {} : { caPem }),
    buildEnv: readBuildEnv(read),
    buildMs: read.duration("WHALE_BUILD_TIMEOUT", "1h"),
    maxRepoBytes: maxRepoBytes(read),
    env: { PATH: read.given("PATH") || PATH, ...Object.fromEntries(proxies) },
  };
}

/** The largest repository that is fetched, in bytes. */
export function maxRepoBytes(read: ConfigReader): number {
  return read.bytes("WHALE_MAX_REPO", { fallback: 512 * 2 ** 20, min: 2 ** 20 });
}

/** Values of the installs' environment; what is too short for a secret would be masked everywhere. */
export function secretsOfImages({ buildEnv }: ImagesSetting): string[] {
  return Object.values(buildEnv).filter(({ length }) => length >= SHORTEST_SECRET);
}

const SHORTEST_SECRET = 8;

function readBuildEnv(read: ConfigReader): Record<string, string> {
  const name = "WHALE_BUILD_ENV_FILE";
  const values = parseEnv(read.file(name)) as Record<string, string>;
  const bad = Object.keys(values).find((key) => !/^[A-Za-z_]\w*$/.test(key));
  if (bad !== undefined) read.fault(name, bad, "不是变量名 (not the name of a variable)");
  return values;
}
