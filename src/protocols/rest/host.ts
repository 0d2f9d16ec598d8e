/** A host as a request names it, in canonical form. */
export interface Host {
  /** Lower case, without final dot, with the port if one was told: `gate.example:7227`, `[::1]:7227`. */
  readonly host: string;
  /** The same without port. */
  readonly hostname: string;
}

const plainForm = /^[a-z0-9._-]*[a-z0-9_-](?::\d{1,5})?$/;
const hostForm = /^([a-z0-9._-]*[a-z0-9_-]|\[[0-9a-f:.]*:[0-9a-f:.]*\])\.?(?::(\d{1,5}))?$/;

/**
 * Lower case, final dot removed; `undefined`: it is no `reg-name` of `[A-Za-z0-9._-]`, IPv4 or bracketed IPv6 with an
 * optional port. Source: RFC 9110 section 7.2, RFC 3986 section 3.2.2.
 */
export function canonicalHost(text: string): Host | undefined {
  const lower = text.toLowerCase();
  if (plainForm.test(lower)) return partsOf(lower);
  const [, name, port] = hostForm.exec(lower) ?? [];
  if (name === undefined || name.includes("..")) return undefined;
  return partsOf(port === undefined ? name : `${name}:${port}`);
}

function partsOf(host: string): Host | undefined {
  if (host.startsWith(".") || host.includes("..")) return undefined;
  const colon = host.lastIndexOf(":");
  if (colon < 0 || host.endsWith("]")) return { host, hostname: host };
  return Number(host.slice(colon + 1)) > 65_535 ? undefined : { host, hostname: host.slice(0, colon) };
}

/**
 * Which hosts are served: exact ones, with or without port, and `*.example.com` for all names below that domain.
 * @param allowed None: every host.
 */
export function hostAllowList(allowed: readonly string[]): (host: Host) => boolean {
  if (allowed.length === 0) return () => true;
  const lower = allowed.map((host) => host.toLowerCase());
  const exact = new Set(lower.filter((host) => !host.startsWith("*.")));
  const below = lower.filter((host) => host.startsWith("*.")).map((host) => host.slice(1));
  return ({ host, hostname }) =>
    exact.has(host) ||
    exact.has(hostname) ||
    below.some((suffix) => hostname.length > suffix.length && hostname.endsWith(suffix));
}
