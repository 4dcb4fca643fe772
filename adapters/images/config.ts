import { isAbsolute } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import type { ImageRecipe } from "../../core/releases/index.ts";

export const ISOLATIONS = ["chroot", "oci", "rootless"] as const;
export const STORAGE_DRIVERS = ["vfs", "overlay"] as const;

/** How images are built and brought to registries. */
export interface ImagesOptions {
  /** Storage of images, and what was built last: a folder of this process's own. It may grow to some times the base images. */
  folder: string;
  /** How packs become files. */
  recipe: ImageRecipe;
  /** The program that builds. Default `buildah`, looked for in `env.PATH`. */
  program?: string;
  /** Default `vfs`, which works anywhere; `overlay` takes less room where the kernel has it. */
  storageDriver?: (typeof STORAGE_DRIVERS)[number];
  /** Default `chroot`, which needs no daemon and no rights over namespaces. */
  isolation?: (typeof ISOLATIONS)[number];
  /** Names and passwords for registries, as `buildah login` writes them. Default none. */
  authFile?: string;
  /** False takes any certificate, and a registry without TLS. Default true. */
  tlsVerify?: boolean;
  /** Certificates, in PEM, that registries are trusted by beside the system's own. */
  caPem?: string;
  /** What the install finds in its environment, such as an index of packages. Its values are secrets. Default none. */
  buildEnv?: Readonly<Record<string, string>>;
  /** The environment of the program itself. Default a plain PATH. */
  env?: Readonly<Record<string, string>>;
  /** How long a registry may be silent, in milliseconds. Default 60 s. */
  silenceMs?: number;
}

/** The same, with the defaults filled in. */
export type ImagesConfig = Required<Omit<ImagesOptions, "authFile" | "caPem">> &
  Pick<ImagesOptions, "authFile" | "caPem">;

const DEFAULTS = {
  program: "buildah",
  storageDriver: "vfs",
  isolation: "chroot",
  tlsVerify: true,
  silenceMs: 60_000,
  buildEnv: {},
  env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
} as const satisfies Partial<ImagesOptions>;

/** Fills in the defaults and refuses bad values, naming the option. */
export function readOptions(options: ImagesOptions): ImagesConfig {
  const config: ImagesConfig = { ...DEFAULTS, ...options };
  if (!isAbsolute(config.folder)) throw badOption(`folder "${config.folder}" is not absolute`);
  for (const name of Object.keys(config.buildEnv)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw badOption(`buildEnv: "${name}" is no name of a variable`);
  }
  return config;
}

function badOption(message: string): ChatOpsError {
  return new ChatOpsError(`images: ${message}`, { code: "images.bad_option" });
}
