import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createImages, type ImagesOptions } from "../../../adapters/images/index.ts";
import { digestOf } from "../../../adapters/images/layout.ts";
import { httpServer } from "../../support/http-server.ts";
import { tempFolder } from "../../support/sqlite.ts";

const TAG = "tag1";
const MANIFEST = JSON.stringify({ schemaVersion: 2 });

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry that answers so, and a builder that has credentials for it. */
async function talking(t: TestContext, answer: Answer, more: Partial<ImagesOptions> = {}) {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const { port } = await httpServer(t, answer);
  const host = `127.0.0.1:${port}`;
  const authFile = join(folder.path, "auth.json");
  const auth = Buffer.from("whale:s3cret").toString("base64");
  writeFileSync(authFile, JSON.stringify({ auths: { [host]: { auth } } }));
  const recipe = { version: "1", staging: "/tmp", install: () => [], env: {}, trees: [] };
  const images = createImages({ folder: folder.path, recipe, tlsVerify: false, authFile, ...more });
  return { images, image: `${host}/ops/packs`, folder: folder.path, auth };
}

function say(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body = "",
): void {
  response.writeHead(status, headers).end(body);
}

test("a registry that asks for a token is given one that its own address made for our name", async (t) => {
  const asked: string[] = [];
  const { images, image, auth } = await talking(t, (request, response) => {
    const url = new URL(request.url ?? "", `http://${request.headers.host}`);
    const shown = request.headers.authorization ?? "";
    if (url.pathname === "/v2/") return say(response, 401);
    if (url.pathname === "/token") {
      asked.push(`${shown} ${url.searchParams.get("service")} ${url.searchParams.get("scope")}`);
      return say(response, 200, { "content-type": "application/json" }, JSON.stringify({ token: "t0ken" }));
    }
    if (shown === "Bearer t0ken") return say(response, 200, {}, MANIFEST);
    const realm = `Bearer realm="${url.origin}/token",service="reg",scope="repository:ops/packs:pull"`;
    say(response, 401, { "www-authenticate": realm });
  });
  assert.equal(await images.digestOf({ image, tag: TAG }), digestOf(Buffer.from(MANIFEST)));
  assert.deepEqual(asked, [`Basic ${auth} reg repository:ops/packs:pull`]);
});

test("a registry that asks for name and password is shown them, and a tag that is not there is none", async (t) => {
  const { images, image, auth } = await talking(t, (request, response) => {
    if (request.headers.authorization === `Basic ${auth}`) return say(response, 404);
    say(response, 401, { "www-authenticate": 'Basic realm="r"' });
  });
  assert.equal(await images.digestOf({ image, tag: TAG }), null);
});

test("what a registry refuses is told in its words, and no secret", async (t) => {
  const errors = [{ code: "DENIED", message: "quota exceeded" }];
  const { images, image } = await talking(t, (_, response) =>
    say(response, 403, {}, JSON.stringify({ errors })),
  );
  await assert.rejects(
    images.digestOf({ image, tag: TAG }),
    ({ message, code }: Error & { code: string }) => {
      assert.match(message, /403 DENIED quota exceeded/);
      assert.ok(!message.includes("s3cret"));
      return code === "registry.refused";
    },
  );
});

test("a push goes to the storage that the registry names, without our password", async (t) => {
  const seen: string[] = [];
  const storage = await httpServer(t, (request, response) => {
    seen.push(
      `${request.method} ${request.headers.authorization ?? "-"} ${request.headers["content-length"]}`,
    );
    request.resume().on("end", () => say(response, 201));
  });
  let tagged = "";
  const { images, image, folder } = await talking(t, (request, response) => {
    const { method, url = "" } = request;
    if (method === "HEAD") return say(response, 404);
    if (method === "POST") return say(response, 202, { location: `${storage.origin}/upload?state=1` });
    if (method !== "PUT") return tagged === "" ? say(response, 404) : say(response, 200, {}, tagged);
    request.setEncoding("utf8").on("data", (chunk) => {
      tagged += chunk;
    });
    request.on("end", () => say(response, url.endsWith(`/manifests/${TAG}`) ? 201 : 400));
  });
  const digest = writeLayout(join(folder, "built", TAG));
  const signal = new AbortController().signal;
  const pushed = await images.push({ image, tag: TAG }, () => undefined, signal);
  assert.deepEqual(pushed.outcome === "pushed" && pushed.digest, digest);
  assert.deepEqual(seen, ["PUT - 5", "PUT - 2"]);
});

test("a name without its registry is refused", async (t) => {
  const { images } = await talking(t, (_, response) => say(response, 404));
  for (const image of ["packs", "ops/packs", "registry.example/packs:1", "registry.example/../x"]) {
    await assert.rejects(images.digestOf({ image, tag: TAG }), { code: "images.bad_name" });
  }
});

test("an option that is wrong is refused by name", () => {
  const recipe = { version: "1", staging: "/tmp", install: () => [], env: {}, trees: [] };
  assert.throws(() => createImages({ folder: "images", recipe }), { code: "images.bad_option" });
  assert.throws(() => createImages({ folder: "/x", recipe, buildEnv: { "A;B": "" } }), {
    code: "images.bad_option",
  });
});

/** An image of one layer and a configuration. */
function writeLayout(folder: string): string {
  const blobs = join(folder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (text: string, mediaType: string) => {
    const digest = digestOf(Buffer.from(text));
    writeFileSync(join(blobs, digest.slice(7)), text);
    return { mediaType, digest, size: text.length };
  };
  const layers = [put("layer", "application/vnd.oci.image.layer.v1.tar+gzip")];
  const config = put("{}", "application/vnd.oci.image.config.v1+json");
  const type = "application/vnd.oci.image.manifest.v1+json";
  const manifest = put(JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers }), type);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return manifest.digest;
}
