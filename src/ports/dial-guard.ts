/** How far a configured upstream may be reached: `private` networks too, or even the `metadata` service of a cloud. */
export type Reach = "private" | "metadata";

/** An address that a name stands for. */
export interface DialAddress {
  readonly address: string;
  readonly family: number;
}

/** Finds the addresses of a name for a socket, in the words of Node's `dns.lookup`. */
export type DialLookup = (
  hostname: string,
  options: { readonly all?: boolean | undefined },
  told: (fault: Error | null, address: string | DialAddress[], family?: number) => void,
) => void;

/**
 * Says where connections may go. Asked at each dial, with what the name stands for now: the address that was looked at is
 * the one that is dialled. Implementation: `platform/dialling`.
 */
export interface DialGuard {
  /** What is against a host that is an address by itself; `undefined`: nothing, or it is a name. */
  readonly refusalOf: (host: string, isForeign: boolean) => Error | undefined;
  /**
   * For sockets to names: fails if any of the addresses is refused.
   * @param isForeign The place was not named by the configuration: nothing but public addresses.
   */
  readonly lookup: (isForeign: boolean) => DialLookup;
}
