import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import {
  createOpenOutbound,
  createOutbound,
  type Outbound,
  type OutboundOptions,
  type OutboundRequest,
  type OutboundResponse,
} from "../outbound/index.ts";
import type { ImagesConfig } from "./config.ts";
import { credentialsFor } from "./credentials.ts";
import { type Blob, digestOf, type Layout } from "./layout.ts";
import { type ImageName, readName } from "./names.ts";

/** One repository of a registry, by its HTTP API of version 2. Everything throws a `ChatOpsError` on failure. */
export interface Registry {
  /** The digest of what a tag names; null when there is no such tag. */
  digestOf(tag: string): Promise<string | null>;
  has(blob: Blob): Promise<boolean>;
  upload(blob: Blob, signal: AbortSignal): Promise<void>;
  /** Gives a manifest, all of whose pieces are there, a tag. */
  tag(layout: Layout, tag: string): Promise<void>;
  close(): void;
}

/** What is taken for a manifest: of one image, or of several for different machines. */
const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

const MOST_ANSWER_BYTES = 4 * 2 ** 20;

type Send = (request: OutboundRequest) => Promise<OutboundResponse>;

/** Opens it; nothing is sent yet but for what finds out whether it speaks TLS, where that may be left out. */
export async function openRegistry(image: string, config: ImagesConfig): Promise<Registry> {
  const name = readName(image);
  const options: OutboundOptions = {
    ...{ name: "registry", timeoutMs: config.silenceMs, maxResponseBytes: MOST_ANSWER_BYTES },
    ...(config.caPem === undefined ? {} : { caPem: config.caPem }),
    ...(config.tlsVerify ? {} : { anyCertificate: true }),
  };
  const http = createOutbound(options);
  const out = createOpenOutbound(options);
  const origin = await originOf(name, http, config.tlsVerify);
  const base = `${origin}/v2/${name.repository}`;
  const door = doorOf(http, () => credentialsFor(name, config.authFile));
  const { send } = door;
  return {
    digestOf: async (tag) => {
      const headers = { accept: MANIFESTS };
      const answer = await send({
        ...{ method: "GET", url: `${base}/manifests/${tag}`, headers, responseType: "text" },
      });
      if (answer.status === 404) return null;
      return digestOf(Buffer.from(expect(answer, [200], `manifest ${tag}`).text));
    },
    has: async ({ digest }) => {
      const answer = await send({ method: "HEAD", url: `${base}/blobs/${digest}`, responseType: "text" });
      return answer.status !== 404 && expect(answer, [200, 307], `blob ${digest}`).status > 0;
    },
    upload: async (blob, signal) => {
      const begun = expect(await send({ method: "POST", url: `${base}/blobs/uploads/` }), [202], "upload");
      const to = new URL(begun.headers["location"] ?? "", base);
      to.searchParams.set("digest", blob.digest);
      const headers = {
        ...{ "content-type": "application/octet-stream", "content-length": String(blob.size) },
        // A registry may send the bytes to a storage of another host, which has its own right in the address.
        ...(to.origin === origin ? door.headers() : {}),
      };
      const body = createReadStream(blob.file);
      const answer = await out.open({ method: "PUT", url: to.href, headers, body, signal });
      const said = await text(answer);
      expect({ status: answer.statusCode ?? 0, text: said }, [201], `blob ${blob.digest}`);
    },
    tag: async ({ manifest, mediaType }, tag) => {
      const raw = { bytes: manifest, contentType: mediaType };
      expect(await send({ method: "PUT", url: `${base}/manifests/${tag}`, raw }), [201], `manifest ${tag}`);
    },
    close: () => {
      http.close();
      out.close();
    },
  };
}

/** docker.io is the name of a registry whose address is another. */
async function originOf({ host }: ImageName, http: Outbound, tlsVerify: boolean): Promise<string> {
  const secure = `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  if (tlsVerify) return secure;
  const request = { method: "GET", url: `${secure}/v2/`, responseType: "text" } as const;
  const speaksTls = await http.request(request).then(
    () => true,
    () => false,
  );
  return speaksTls ? secure : `http://${host}`;
}

/** Sends, and shows what the registry asks for: name and password, or a token that another address gives for them. */
function doorOf(http: Outbound, credentials: () => Promise<string | null>) {
  let authorization: string | null = null;
  const headers = (): Record<string, string> => (authorization === null ? {} : { authorization });
  const send: Send = async (request) => {
    const first = await http.request({ ...request, headers: { ...request.headers, ...headers() } });
    if (first.status !== 401) return first;
    authorization = await answerTo(first.headers["www-authenticate"] ?? "", http, await credentials());
    return http.request({ ...request, headers: { ...request.headers, ...headers() } });
  };
  return { send, headers };
}

/** What to show after a refusal with this challenge. */
async function answerTo(challenge: string, http: Outbound, basic: string | null): Promise<string | null> {
  const own = basic === null ? null : `Basic ${basic}`;
  const facts = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const { realm, service, scope } = facts as Record<string, string | undefined>;
  if (!/^bearer\s/i.test(challenge) || realm === undefined) return own;
  const answer = await http.request({
    ...{ method: "GET", url: realm, query: { service, scope } },
    headers: own === null ? {} : { authorization: own },
  });
  const body = expect(answer, [200], "token").body as { token?: string; access_token?: string } | undefined;
  const token = body?.token ?? body?.access_token;
  return token === undefined ? own : `Bearer ${token}`;
}

const BUSY = [408, 429, 500, 502, 503, 504];

/** Throws `registry.refused`, in the registry's own words, for any other status. */
function expect<Answer extends { status: number; text: string }>(
  answer: Answer,
  statuses: readonly number[],
  what: string,
): Answer {
  const { status } = answer;
  if (statuses.includes(status)) return answer;
  const message = `镜像仓库拒绝 (the registry refuses) ${what}: ${status} ${reasonOf(answer.text)}`.trimEnd();
  throw new ChatOpsError(message, { code: "registry.refused", retryable: BUSY.includes(status) });
}

function reasonOf(said: string): string {
  try {
    const { errors } = JSON.parse(said);
    return errors
      .map(({ code, message }: Record<string, unknown>) => `${code} ${message}`)
      .join("; ")
      .slice(0, 300);
  } catch {
    // A proxy's page, or nothing.
    return said.replace(/\s+/g, " ").slice(0, 100);
  }
}

/** Whether the same call may succeed later. */
export function mayPass(error: unknown): boolean {
  return isChatOpsError(error) && error.retryable;
}
