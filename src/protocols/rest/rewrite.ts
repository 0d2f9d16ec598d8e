import { defaultTargetRules, isCanonicalPath, type TargetRules } from "./canonical-target.ts";
import type { PathPattern } from "./path-pattern.ts";
import { rejection } from "./reject-reason.ts";

/** How the path of a route becomes that of its upstream. */
export type Rewrite =
  /** What stands before the rest of a prefix route becomes this: `/api/*` to `/v2`. */
  | { readonly kind: "prefix"; readonly to: string }
  /** The whole path, with what stood at the names of the route: `/people/{id}`. */
  | { readonly kind: "template"; readonly to: string };

/** The path for the upstream. @throws GatewayError `malformed_request`, reason `target_rewrite`. */
export type RewritePath = (path: string, captures: ReadonlyMap<string, string>) => string;

export type CompiledRewrite =
  | { readonly kind: "rewrite"; readonly rewrite: RewritePath }
  /** `why`: goes behind the written rewrite. */
  | { readonly kind: "broken"; readonly why: string };

/**
 * Compiles a rewrite for a route of this pattern. Nothing is decoded on the way, and the result has to be canonical once
 * more, so that no rewrite makes a path climb, or mean another to somebody else.
 */
export function compileRewrite(
  rewrite: Rewrite,
  pattern: PathPattern,
  rules: TargetRules = defaultTargetRules,
): CompiledRewrite {
  if (!rewrite.to.startsWith("/")) return broken("has no slash in front");
  const made =
    rewrite.kind === "prefix" ? prefixRewrite(rewrite.to, pattern) : templateRewrite(rewrite.to, pattern);
  if (typeof made === "string") return broken(made);
  if (!isCanonicalPath(rewrite.to.replaceAll(/\{\w+\}/g, "x"), rules))
    return broken("is not in canonical form");
  return {
    kind: "rewrite",
    rewrite(path, captures) {
      const rewritten = made(path, captures);
      if (isCanonicalPath(rewritten, rules)) return rewritten;
      throw rejection("target_rewrite", "The request target cannot be rewritten for its upstream.");
    },
  };
}

/** @returns Why it cannot be made, else the rewrite. */
function prefixRewrite(to: string, { kind, text }: PathPattern): RewritePath | string {
  if (kind !== "prefix") return "replaces a prefix, and the route's path has none (`/a/*`)";
  if (/[{}*]/.test(to)) return "holds a mark that a prefix has no meaning for";
  const before = text.slice(0, -"/*".length);
  const base = to.endsWith("/") ? to.slice(0, -1) : to;
  return (path) => {
    const rest = path.slice(before.length);
    return base + rest === "" ? "/" : base + rest;
  };
}

function templateRewrite(to: string, { segments }: PathPattern): RewritePath | string {
  const names = new Set(
    segments.flatMap((segment) => (segment.kind === "literal" ? [] : (segment.name ?? []))),
  );
  const pieces = to.split(/\{(\w+)\}/);
  if (pieces.some((piece, index) => index % 2 === 0 && /[{}*]/.test(piece)))
    return "holds a mark that is no `{name}`";
  const unknown = pieces.find((piece, index) => index % 2 === 1 && !names.has(piece));
  if (unknown !== undefined) return `names \`{${unknown}}\`, which the route's path does not`;
  return (_, captures) =>
    pieces.map((piece, index) => (index % 2 === 0 ? piece : (captures.get(piece) ?? ""))).join("");
}

const broken = (why: string) => ({ kind: "broken", why }) as const;
