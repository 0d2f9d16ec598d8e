import { protocolName } from "../format/protocols.ts";

/** What is spoken on a route. */
export function ProtocolMark({ protocol }: { readonly protocol: string }) {
  return <span class="protocol">{protocolName(protocol)}</span>;
}
