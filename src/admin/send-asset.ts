import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import { securityHeaders } from "./send.ts";

/** One static file of the dashboard. */
export interface Asset {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** A whole entity tag, quotes included. */
  readonly etag: string;
  /** Whether the name changes with the content, so that it may be kept for ever. */
  readonly isImmutable: boolean;
}

/** The dashboard's files by path, `/index.html` among them. */
export type AssetSource = (path: string) => Asset | undefined;

const plainPath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/;
const fileName = /\.[A-Za-z0-9]+$/;

/**
 * Sends a file to a `GET` or `HEAD`; for a path that names no file, the dashboard itself, which does its own routing.
 * @throws GatewayError `route_not_found`, also for every path that could lead out of the dashboard's folder.
 */
export function sendAsset(request: InboundRequest, path: string, assets: AssetSource): void {
  const asset = plainPath.test(path)
    ? (assets(path) ?? (fileName.test(path) ? undefined : assets("/index.html")))
    : undefined;
  if (asset === undefined) throw new GatewayError("route_not_found", "no such file");
  const caching = asset.isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
  const headers = [...securityHeaders, "cache-control", caching, "etag", asset.etag];
  if (isKnown(request.header("if-none-match"), asset.etag)) {
    request.reply.head(304, headers);
    request.reply.end();
    return;
  }
  request.reply.whole(200, [...headers, "content-type", asset.contentType], asset.body);
}

/** Whether the client's copy is this one. Source: RFC 9110, section 13.1.2 (weak comparison). */
function isKnown(field: string | undefined, etag: string): boolean {
  const strong = (tag: string): string => tag.trim().replace(/^W\//, "");
  return (field ?? "").split(",").some((tag) => tag.trim() === "*" || strong(tag) === strong(etag));
}
