import { errorText, isChatOpsError } from "../../core/errors.ts";
import type { PushOutcome } from "../../core/ports/index.ts";
import { layoutFolder } from "./build.ts";
import type { Call } from "./buildah.ts";
import type { ImagesConfig } from "./config.ts";
import { type Layout, readLayout } from "./layout.ts";
import { openRegistry, type Registry } from "./registry.ts";

/**
 * Pushes what was built under a tag. What the registry has already is not sent again, and the tag is given last: until
 * then nobody sees any of it, so that a push which was cut is simply repeated.
 */
export async function pushImage(
  { image, tag }: { image: string; tag: string },
  { onLog, signal }: Call,
  config: ImagesConfig,
): Promise<PushOutcome> {
  const layout = await readLayout(layoutFolder(config.folder, tag)).catch((error: unknown) => {
    if (isChatOpsError(error) && error.code === "images.no_layout") return null;
    throw error;
  });
  if (!layout) return { outcome: "unbuilt", message: "这里没有构建过它 (it was not built here)" };
  const registry = await openRegistry(image, config);
  try {
    return await push({ layout, tag, name: `${image}:${tag}` }, registry, { onLog, signal });
  } catch (error) {
    if (signal.aborted) return { outcome: "canceled", message: "已取消 (canceled)" };
    return { outcome: "failed", message: `推送 ${image}:${tag}: ${errorText(error)}` };
  } finally {
    registry.close();
  }
}

interface Push {
  layout: Layout;
  tag: string;
  name: string;
}

async function push(
  { layout, tag, name }: Push,
  registry: Registry,
  { onLog, signal }: Call,
): Promise<PushOutcome> {
  const { digest, bytes } = layout;
  const before = await registry.digestOf(tag);
  if (before === digest) onLog(`there already ${name}@${digest}`);
  if (before !== null) return before === digest ? { outcome: "pushed", digest, bytes } : taken(name, before);
  for (const blob of layout.blobs) {
    signal.throwIfAborted();
    const isThere = await registry.has(blob);
    onLog(`${isThere ? "there " : "upload"} ${blob.digest} ${blob.size} bytes`);
    if (!isThere) await registry.upload(blob, signal);
  }
  signal.throwIfAborted();
  await registry.tag(layout, tag);
  const after = await registry.digestOf(tag);
  if (after === digest) onLog(`pushed ${name}@${digest}`);
  return after === digest ? { outcome: "pushed", digest, bytes } : taken(name, after ?? "nothing");
}

function taken(name: string, digest: string): PushOutcome {
  const zh = `${name} 在镜像仓库里已是别的内容 ${digest}，不会覆盖；requirements 没有写死版本时会这样`;
  const en = `the registry holds another content under this tag, it is never overwritten; requirements without exact versions do this`;
  return { outcome: "taken", digest, message: `${zh} (${en})` };
}
