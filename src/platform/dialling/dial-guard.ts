import { lookup as lookUp } from "node:dns";
import { isIP } from "node:net";
import { addressClass, isLocalName } from "../../kernel/address-class.ts";
import type { DialAddress, DialGuard, DialLookup, Reach } from "../../ports/dial-guard.ts";

/** The addresses of a name, all of them. */
export type Resolve = (
  hostname: string,
  options: object,
  told: (fault: Error | null, addresses: DialAddress[]) => void,
) => void;

export interface DialRules {
  /** How far an upstream of this host may be reached, if the configuration says more than its name does. */
  readonly reachOf: (host: string) => Reach | undefined;
  readonly onBlocked: (why: "private" | "metadata") => void;
  /** Absent: the system's resolver. */
  readonly resolve?: Resolve;
}

const systemResolve: Resolve = (hostname, options, told) =>
  lookUp(hostname, { ...options, all: true }, (fault, addresses) => told(fault, addresses));

/**
 * No name of the internet leads into the own network, whatever it is resolved to: only an upstream that is written as one
 * of it (`isLocalName`) or allowed by the operator does. What credentials of machines are told at needs leave by itself.
 * Source: security specification, part 8; OWASP API Security 2023, API7.
 */
export function createDialGuard({ reachOf, onBlocked, resolve = systemResolve }: DialRules): DialGuard {
  const judge = (host: string, address: string, isForeign: boolean): Error | undefined => {
    const found = addressClass(address);
    if (found === "public") return undefined;
    const reach = isForeign ? undefined : (reachOf(host) ?? (isLocalName(host) ? "private" : undefined));
    if (reach === "metadata" || reach === found) return undefined;
    onBlocked(found);
    const text = `${host === address ? host : `${host} stands for ${address}, which`} is ${found === "metadata" ? "the metadata service of a cloud" : "not of the internet"}`;
    return Object.assign(new Error(text), { code: "blocked_address" });
  };
  const lookup =
    (isForeign: boolean): DialLookup =>
    (hostname, options, told) =>
      resolve(hostname, options, (fault, addresses) => {
        if (fault !== null) return told(fault, []);
        for (const { address } of addresses) {
          const refusal = judge(hostname, address, isForeign);
          if (refusal !== undefined) return told(refusal, []);
        }
        const [first] = addresses;
        if (options.all === true || first === undefined) return told(null, addresses);
        return told(null, first.address, first.family);
      });
  const lookups = { foreign: lookup(true), own: lookup(false) };
  return {
    refusalOf: (host, isForeign) => (isIP(host) === 0 ? undefined : judge(host, host, isForeign)),
    lookup: (isForeign) => (isForeign ? lookups.foreign : lookups.own),
  };
}
