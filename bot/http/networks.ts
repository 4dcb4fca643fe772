import { BlockList, isIPv6 } from "node:net";
import type { Network } from "../../core/events/index.ts";

const compiled = new WeakMap<readonly Network[], BlockList>();

/** Whether an address is in one of the networks. What is no address is in none. */
export function isAmong(networks: readonly Network[], address: string): boolean {
  if (address === "") return false;
  return listOf(networks).check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function listOf(networks: readonly Network[]): BlockList {
  const known = compiled.get(networks);
  if (known) return known;
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  compiled.set(networks, list);
  return list;
}
