import { type Path, printPath } from "./path.ts";
import type { Finding } from "./problem.ts";

const urlForm = /^(https?):\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(\/[^\s?#]*)?$/;

/** Why `text` cannot be a base URL; empty when it can. The text itself is not printed: it may hold a password. */
export function checkBaseUrl(text: string, path: Path): readonly Finding[] {
  const name = printPath(path);
  const fault = (rule: string): readonly Finding[] => [{ path, message: `\`${name}\` ${rule}`, at: "value" }];
  if (!/^https?:\/\//.test(text)) return fault("must begin with `http://` or `https://`");
  if (/^https?:\/\/[^/]*@/.test(text))
    return fault("must not hold a user name or password; use `key` or `headers`");
  if (/[?#]/.test(text)) return fault("must not have a query or a fragment");
  const match = urlForm.exec(text);
  if (match === null || Number(match[3] ?? 1) > 65_535 || Number(match[3] ?? 1) === 0) {
    return fault("must be a URL of the form `https://host[:port][/path]`");
  }
  return [];
}

/** Host and port that a base URL leads to. */
export function addressOf(baseUrl: string): { readonly host: string; readonly port: number } | undefined {
  const [, scheme, host, port] = urlForm.exec(baseUrl) ?? [];
  if (host === undefined) return undefined;
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return { host: bare, port: port === undefined ? (scheme === "https" ? 443 : 80) : Number(port) };
}
