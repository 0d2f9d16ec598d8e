import { GatewayError } from "../kernel/errors.ts";

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;
const loopbackName = /^(?:[a-z0-9-]+\.)*localhost$/;

/**
 * Refuses names that are not ours, so that a page of another origin cannot reach this listener by pointing its own name
 * here (DNS rebinding). Addresses pass: a name that is rebound is a name, never an address. So do loopback names.
 *
 * @param hosts Further names, lower-case, without port.
 * @returns The host as the client wrote it, lower-case, with its port.
 * @throws GatewayError `misdirected`.
 */
export function allowedHost(host: string | undefined, hosts: readonly string[]): string {
  const wanted = (host ?? "").toLowerCase();
  const name = wanted.replace(/:\d{1,5}$/, "");
  if (address.test(name) || loopbackName.test(name) || hosts.includes(name)) return wanted;
  throw new GatewayError(
    "misdirected",
    `host ${JSON.stringify(wanted.slice(0, 100))} is not allowed on the admin listener`,
    {
      message: "The admin listener answers to loopback names, addresses and the configured names only.",
    },
  );
}
