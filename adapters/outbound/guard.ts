import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Which addresses a client may connect to, where the names in its addresses are somebody else's word. */
export interface GuardOptions {
  /** Addresses and networks that are let through though they are refused otherwise. Default none. */
  allow?: readonly string[];
  /** Resolves names. Default the system's. */
  lookup?: LookupFunction;
}

/** Keeps connections away from addresses that no service of ours can have. */
export interface AddressGuard {
  /**
   * Resolves a name for a socket and hands on what it may connect to: no later answer of the resolver counts. Fails
   * with the code `ERR_ADDRESS_REFUSED` when one of the addresses is refused.
   */
  lookup: LookupFunction;
  /** Whether the host of an address is refused as it stands: for these no name is resolved. */
  refusesHost(hostname: string): boolean;
}

export const ADDRESS_REFUSED = "ERR_ADDRESS_REFUSED";

/**
 * Link-local addresses and those of the clouds' metadata services hand out credentials to whoever asks; the others are
 * no address of a server. Also as IPv6 spells them for NAT64 and 6to4. Loopback and private ranges are where clusters live.
 */
const REFUSED = [
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"],
  // The metadata services of Alibaba Cloud, Oracle Cloud, Azure, AWS and Google Cloud outside of those.
  ...["100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128"],
  ...["::/128", "fe80::/10", "ff00::/8"],
  ...["64:ff9b::a9fe:0/112", "2002:a9fe::/32", "64:ff9b::6464:64c8/128", "2002:6464:64c8::/48"],
];

/** Makes a guard. A wrong network in `allow` allows nothing. */
export function createGuard({ allow = [], lookup = systemLookup }: GuardOptions = {}): AddressGuard {
  const [refused, allowed] = [listOf(REFUSED), listOf(allow)];
  const refuses = (address: string): boolean => {
    const [plain = ""] = address.split("%");
    const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
    return refused.check(plain, family) && !allowed.check(plain, family);
  };
  return {
    lookup: (hostname, options, done) =>
      lookup(hostname, options, (error, found, family) => {
        if (error) return done(error, found, family);
        const addresses = typeof found === "string" ? [found] : found.map(({ address }) => address);
        if (addresses.some(refuses)) return done(refusal(), found, family);
        done(null, found, family);
      }),
    refusesHost: (hostname) => {
      const literal = hostname.replace(/^\[|\]$/g, "");
      return isIP(literal.split("%")[0] ?? "") !== 0 && refuses(literal);
    },
  };
}

function refusal(): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error("the name leads to an address that is refused");
  error.code = ADDRESS_REFUSED;
  return error;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const version = isIP(address);
    if (version === 0) continue;
    const family = version === 6 ? "ipv6" : "ipv4";
    list.addSubnet(address, Number(prefix ?? (version === 6 ? 128 : 32)), family);
  }
  return list;
}
