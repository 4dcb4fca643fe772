import { isSecretKey, maskText } from "../../adapters/telemetry/index.ts";
import { actionParameters } from "../../core/actions/index.ts";
import { NO_MASKING, type Secrecy, showingRuns } from "../../core/pages/index.ts";

/** Nothing is known to be secret but what tasks say themselves. */
export const NO_SECRETS: Secrecy = { masking: NO_MASKING, actions: () => undefined };

/** What people see where that is so. */
export const shownAll = showingRuns(NO_SECRETS);

/** Every action calls its parameter `pin` secret; names that tell of secrets do too. */
export const SECRET_PIN: Secrecy = {
  masking: { isSecretKey, maskText },
  actions: (_cluster, action) => ({
    ...{ action, enabled: true },
    parameters: actionParameters({ pin: { type: "string", secret: true } }),
  }),
};
