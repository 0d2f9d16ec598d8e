const loopback = /^http:\/\/(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?(?:\/|$)/;
const secure = /^https:\/\/[A-Za-z0-9._-]+(?::[0-9]{1,5})?(?:\/|$)/;

/** Whether keys may be fetched from there: over TLS, or from this machine. No credentials, no query, no fragment. */
export const isOperatorUrl = (url: string): boolean =>
  (secure.test(url) || loopback.test(url)) && !/[?#@\s\\]/.test(url);

/** A URL as a transport takes it; `undefined`: keys may not be fetched from there. */
export function readUrl(url: string): { readonly origin: string; readonly path: string } | undefined {
  if (!/^https?:\/\//.test(url) || !(secure.test(url) || loopback.test(url)) || /[#@\s\\]/.test(url))
    return undefined;
  const slash = url.indexOf("/", url.indexOf("://") + "://".length);
  return slash < 0
    ? { origin: url.toLowerCase(), path: "/" }
    : { origin: url.slice(0, slash).toLowerCase(), path: url.slice(slash) };
}

/** Where an issuer tells about itself. Source: OpenID Connect Discovery 1.0, section 4. */
export const discoveryUrl = (issuer: string): string =>
  `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;

/** Whether keys that an issuer's own document points to may be fetched: never by a way less safe than its own. */
export const isAsSafe = (uri: string, issuer: string): boolean =>
  readUrl(uri) !== undefined && (uri.startsWith("https://") || issuer.startsWith("http://"));
