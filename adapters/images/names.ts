import { ChatOpsError } from "../../core/errors.ts";

/** A registry's host, with its port where it has one, and the repository in it. */
export interface ImageName {
  host: string;
  repository: string;
}

const NAME = /^([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)$/;

/** Reads a name without tag. Throws `images.bad_name`: one without its registry would mean another one on each machine. */
export function readName(image: string): ImageName {
  const [, host = "", repository = ""] = NAME.exec(image) ?? [];
  const isHost = host === "localhost" || /[.:]/.test(host);
  if (isHost) return { host, repository };
  const wants = "要写成 registry.example/team/image，不带标签 (registry and repository, without a tag)";
  throw new ChatOpsError(`镜像名不能用 (unusable name of an image): ${image}; ${wants}`, {
    code: "images.bad_name",
  });
}

const PACK = /^[a-z0-9_]{1,128}$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Throws `images.bad_name` for what could mean something else on a command's line or in a path. */
export function checkNames({ order, tag }: { order: readonly string[]; tag: string }): void {
  const bad = order.find((pack) => !PACK.test(pack)) ?? (TAG.test(tag) ? undefined : tag);
  if (bad === undefined && new Set(order).size === order.length) return;
  throw new ChatOpsError(`不能用的名称 (unusable name): ${bad ?? order.join(" ")}`, {
    code: "images.bad_name",
  });
}
