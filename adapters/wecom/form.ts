import { createHash } from "node:crypto";

/** A form with one file, as `media/upload` wants it, ready to be sent. */
export function formOf({ name, bytes }: { name: string; bytes: Uint8Array }): {
  bytes: Uint8Array;
  contentType: string;
} {
  // Of the content, so that it does not stand in the content.
  const boundary = `whale-${createHash("sha256").update(bytes).digest("hex")}`;
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="media"; filename="${plainName(name)}"; filelength=${bytes.length}`,
    "Content-Type: application/octet-stream",
    "\r\n",
  ].join("\r\n");
  const parts = [Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)];
  return { bytes: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** A file name that can end no header. */
function plainName(name: string): string {
  return name.replace(/[\p{Cc}"\\/]/gu, "_").slice(0, 100);
}
