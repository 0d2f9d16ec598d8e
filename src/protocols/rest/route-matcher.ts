import { type FieldRule, fitsField, headerValues, queryValues } from "./field-rule.ts";
import type { Host } from "./host.ts";
import type { PathPattern } from "./path-pattern.ts";
import { createPathTrie, type PathTrie } from "./path-trie.ts";

/** Which requests a route takes. */
export interface RouteRule {
  readonly id: string;
  /** `api.example.com`, with a port or without, `*.example.com`; none: every host. */
  readonly hosts: readonly string[];
  readonly path: PathPattern;
  /** None: every method. */
  readonly methods: readonly string[];
  readonly headers: readonly FieldRule[];
  readonly query: readonly FieldRule[];
  /** `/a` and `/a/` are one path. */
  readonly ignoreTrailingSlash: boolean;
}

/** What a request is matched by, all of it canonical. */
export interface RouteRequest extends Host {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly rawHeaders: readonly string[];
}

export interface RouteMatch<Rule extends RouteRule = RouteRule> {
  readonly rule: Rule;
  /** What stood at the names of the path, as it stands in the canonical path. */
  readonly captures: ReadonlyMap<string, string>;
}

export interface RouteMatcher<Rule extends RouteRule = RouteRule> {
  /** The routes that take the request, the best first: whoever has further conditions goes through them in order. */
  readonly match: (request: RouteRequest) => readonly RouteMatch<Rule>[];
  /** The methods of the routes that take all but the method, sorted; none: the path leads nowhere. */
  readonly allowed: (request: RouteRequest) => readonly string[];
}

/** A rule under one of its hosts. Entries stand for each other in `order`, the best has the lowest. */
interface Entry<Rule> {
  readonly rule: Rule;
  readonly names: readonly string[];
  readonly order: number;
}

const kinds = ["exact", "template", "prefix"] as const;
const noCaptures: ReadonlyMap<string, string> = new Map();

/**
 * Finds routes by a trie of path segments for each host. The order: an exact host before a wildcard, the longer wildcard
 * first, before none; then the most literal path (exact before template before prefix where equal); then the number of
 * conditions (methods count as one, each header and parameter as one); then the order of the file.
 */
export function createRouteMatcher<Rule extends RouteRule>(rules: readonly Rule[]): RouteMatcher<Rule> {
  const tries = new Map<string, PathTrie<Entry<Rule>>>();
  for (const [order, rule] of rules.toSorted(betterPath).entries()) {
    const names = rule.path.segments.flatMap((segment) =>
      segment.kind === "literal" || segment.name === undefined ? [] : [segment.name],
    );
    for (const host of new Set(
      rule.hosts.length === 0 ? [""] : rule.hosts.map((name) => name.toLowerCase()),
    )) {
      const trie = tries.get(host) ?? createPathTrie();
      tries.set(host, trie);
      for (const pattern of patternsOf(rule)) trie.add(pattern, { rule, names, order });
    }
  }
  const hasWildcards = [...tries.keys()].some((host) => host.startsWith("*."));
  const triesOf = (host: Host): readonly PathTrie<Entry<Rule>>[] =>
    hostKeys(host, hasWildcards).flatMap((key) => tries.get(key) ?? []);

  return {
    match(request) {
      const matches: RouteMatch<Rule>[] = [];
      for (const trie of triesOf(request)) {
        for (const { value, captured } of sorted(trie.find(request.path))) {
          const { rule, names } = value;
          if (!takesMethod(rule, request.method) || !takesFields(rule, request)) continue;
          // A rule of several hosts counts under the best of them.
          if (matches.some((match) => match.rule === rule)) continue;
          matches.push({ rule, captures: names.length === 0 ? noCaptures : named(names, captured) });
        }
      }
      return matches;
    },
    allowed(request) {
      const methods = triesOf(request).flatMap((trie) =>
        trie
          .find(request.path)
          .flatMap(({ value: { rule } }) => (takesFields(rule, request) ? rule.methods : [])),
      );
      return [...new Set(methods)].toSorted();
    },
  };
}

/** The keys of tries for a host, the best first: exact ones, wildcards from the longest, any. */
function hostKeys({ host, hostname }: Host, hasWildcards: boolean): readonly string[] {
  const keys = host === hostname ? [host] : [host, hostname];
  if (hasWildcards && !hostname.startsWith("["))
    for (let dot = hostname.indexOf("."); dot > 0; dot = hostname.indexOf(".", dot + 1))
      keys.push(`*${hostname.slice(dot)}`);
  keys.push("");
  return keys;
}

function sorted<Hit extends { readonly value: { readonly order: number } }>(
  hits: readonly Hit[],
): readonly Hit[] {
  return hits.length < 2 ? hits : hits.toSorted((one, other) => one.value.order - other.value.order);
}

function takesMethod({ methods }: RouteRule, method: string): boolean {
  return methods.length === 0 || methods.includes(method);
}

function takesFields({ headers, query }: RouteRule, request: RouteRequest): boolean {
  if (headers.length === 0 && query.length === 0) return true;
  return (
    headers.every((rule) => fitsField(rule, headerValues(request.rawHeaders, rule.name.toLowerCase()))) &&
    query.every((rule) => fitsField(rule, queryValues(request.query, rule.name)))
  );
}

function named(names: readonly string[], captured: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name, index) => [name, captured[index] ?? ""]));
}

/** The pattern of a rule, and the same with its final slash the other way if that does not count. */
function patternsOf({ path, ignoreTrailingSlash }: RouteRule): readonly PathPattern[] {
  const { segments } = path;
  const last = segments.at(-1);
  const isRoot = segments.length === 1 && last?.kind === "literal" && last.text === "";
  if (!ignoreTrailingSlash || isRoot || last?.kind === "rest") return [path];
  const hasSlash = last?.kind === "literal" && last.text === "";
  const other = hasSlash ? segments.slice(0, -1) : [...segments, { kind: "literal", text: "" } as const];
  return [path, { ...path, segments: other }];
}

function betterPath(one: RouteRule, other: RouteRule): number {
  return (
    other.path.literalBytes - one.path.literalBytes ||
    kinds.indexOf(one.path.kind) - kinds.indexOf(other.path.kind) ||
    conditions(other) - conditions(one)
  );
}

const conditions = ({ methods, headers, query }: RouteRule): number =>
  (methods.length > 0 ? 1 : 0) + headers.length + query.length;
