import type { Outbound } from "../../adapters/outbound/index.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { FetchCertificate } from "./certificates.ts";
import type { Confirm } from "./handshake.ts";

/** What is asked of the clouds' message services. */
export interface Cloud {
  fetchCertificate: FetchCertificate;
  confirm: Confirm;
}

/** The same over the network; redirects are not followed. */
export function cloudOver(outbound: Outbound): Cloud {
  const get = async (url: string): Promise<string> => {
    const { status, text } = await outbound.request({ method: "GET", url, responseType: "text" });
    if (status >= 200 && status < 300) return text;
    throw new ChatOpsError(`the message service answered ${status}`, {
      code: "cloud.refused",
      retryable: status >= 500,
    });
  };
  return {
    fetchCertificate: get,
    confirm: async (url) => {
      await get(url);
    },
  };
}
