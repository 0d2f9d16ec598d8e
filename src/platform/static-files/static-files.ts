import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

/** One file, ready to be sent. */
export interface StaticFile {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
  /** Its name holds a hash of its content: it may be kept for ever. */
  readonly isImmutable: boolean;
}

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const hashedName = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** Reads a folder into memory once; a request then never touches the disk, and no path can leave the folder. */
export function loadStaticFiles(directory: string): (path: string) => StaticFile | undefined {
  const files = new Map<string, StaticFile>();
  const visit = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (statSync(file).isDirectory()) visit(file, `${prefix}${name}/`);
      else files.set(`${prefix}${name}`, readStatic(file));
    }
  };
  visit(directory, "/");
  return (path) => files.get(path);
}

function readStatic(file: string): StaticFile {
  const body = readFileSync(file);
  return {
    body,
    contentType: mediaTypes[extname(file)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
    isImmutable: file.includes("assets") && hashedName.test(file),
  };
}
