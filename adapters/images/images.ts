import { errorText, isChatOpsError } from "../../core/errors.ts";
import type { BuildOutcome, ImageBuilder } from "../../core/ports/index.ts";
import { buildImage, clearAfter } from "./build.ts";
import { createBuildah } from "./buildah.ts";
import { type ImagesOptions, readOptions } from "./config.ts";
import { pushImage } from "./push.ts";
import { openRegistry } from "./registry.ts";

/** Images by buildah, and registries by their HTTP API. Throws `images.bad_option` naming the option that is wrong. */
export function createImages(options: ImagesOptions): ImageBuilder {
  const config = readOptions(options);
  const buildah = createBuildah(config);
  return {
    build: async (order, onLog, signal) => {
      try {
        const { digest, bytes } = await buildImage(order, { onLog, signal }, { config, buildah });
        return { outcome: "built", digest, bytes };
      } catch (error) {
        const isMissing = isChatOpsError(error) && error.code === "images.missing";
        if (!isMissing) await clearAfter(buildah);
        return notBuilt(error, signal);
      }
    },
    push: async (order, onLog, signal) => {
      try {
        return await pushImage(order, { onLog, signal }, config);
      } catch (error) {
        return { outcome: "failed", message: errorText(error) };
      }
    },
    digestOf: async ({ image, tag }) => {
      const registry = await openRegistry(image, config);
      return registry.digestOf(tag).finally(() => registry.close());
    },
  };
}

function notBuilt(error: unknown, signal: AbortSignal): BuildOutcome {
  if (signal.aborted) return { outcome: "canceled", message: "已取消 (canceled)" };
  return { outcome: "failed", message: errorText(error) };
}
