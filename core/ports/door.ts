/** A request in the engine's own words that is handed on to one of its clusters. */
export interface DoorRequest {
  service: "api" | "stream";
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Checked before: below the service's address, `/v1/…`. */
  path: string;
  /** Encoded, without the question mark; empty for none. */
  query: string;
  /** Only those that the engine may see are passed on. */
  headers: Readonly<Record<string, string | undefined>>;
  body?: Uint8Array;
}
