import type { Expressions } from "../ports/expressions.ts";
import { readPathPattern } from "../protocols/rest/index.ts";
import { compileComputed } from "./computed-changes.ts";
import type { Finding } from "./problem.ts";
import { compileChanges } from "./route-changes.ts";
import type { RouteSettings } from "./route-settings.ts";
import { serviceFacts } from "./service-facts.ts";

/** What only a compiler can tell of routes to services: paths, conditions, changes. None is found out by a request. */
export function checkRoutes(
  routes: Readonly<Record<string, RouteSettings>>,
  expressions: Expressions,
): readonly Finding[] {
  return Object.entries(routes).flatMap(([name, settings]) =>
    [
      ...checkProtocol(settings),
      ...checkPath(settings),
      ...checkWhen(settings, expressions),
      ...checkComputed(settings, expressions),
    ].map((finding) => ({
      ...finding,
      path: ["routes", name, ...finding.path],
    })),
  );
}

const protocolsOf = {
  websocket: ["websocket"],
  graphql: ["graphql"],
  request: ["rest", "websocket", "grpc"],
  "request.query": ["rest", "websocket"],
  "request.body": ["rest"],
  response: ["rest", "websocket"],
} as const satisfies Readonly<Record<string, readonly RouteSettings["protocol"][]>>;

/** Who writes what does nothing on a protocol would look for its effect in vain. */
function checkProtocol(settings: RouteSettings): readonly Finding[] {
  const { protocol, websocket, graphql, request, response } = settings;
  const given = {
    websocket,
    graphql,
    request,
    "request.query": request?.query,
    "request.body": request?.body,
    response,
  };
  return Object.entries(protocolsOf).flatMap(([name, protocols]): readonly Finding[] => {
    const isGiven = new Map<string, unknown>(Object.entries(given)).get(name) !== undefined;
    if (!isGiven || protocols.some((one) => one === protocol)) return [];
    const message = `\`${name}\` does nothing on a route whose \`protocol\` is \`${protocol}\``;
    return [{ path: name.split("."), message, at: "name" }];
  });
}

function checkPath(settings: RouteSettings): readonly Finding[] {
  const read = readPathPattern(settings.path);
  if (read.kind === "broken")
    return [{ path: ["path"], message: `the path \`${shortened(settings.path)}\` ${read.why}`, at: "value" }];
  const compiled = compileChanges(settings, read.pattern);
  if (compiled.kind === "transforms") return [];
  return compiled.faults.map(({ at, why }): Finding => {
    const isRewrite = at[0] === "rewrite";
    const named = isRewrite
      ? `the rewrite \`${shortened(settings.rewrite ?? "")}\``
      : `\`${nameAt(settings, at)}\``;
    return { path: at, message: `${named} ${why}`, at: isRewrite || isListed(at) ? "value" : "name" };
  });
}

/** Names in a list stand there as values. */
const isListed = (at: Finding["path"]): boolean => typeof at.at(-1) === "number";

function nameAt({ request, response }: RouteSettings, at: Finding["path"]): string {
  const [side, part, , last] = at;
  if (typeof last !== "number") return shortened(`${at.at(-1)}`);
  const message = side === "request" ? request : response;
  return shortened((part === "headers" ? message?.headers : message?.body)?.remove[last] ?? "");
}

function checkWhen({ when }: RouteSettings, { compile }: Expressions): readonly Finding[] {
  if (when === undefined) return [];
  const compiled = compile(when, serviceFacts);
  if (compiled.kind === "condition") return [];
  const message = `the condition \`${shortened(when)}\` is wrong at character ${compiled.at}: ${compiled.message}`;
  return [{ path: ["when"], message, at: "value" }];
}

function checkComputed(settings: RouteSettings, expressions: Expressions): readonly Finding[] {
  const compiled = compileComputed(settings, expressions);
  if (compiled.kind === "computed") return [];
  return compiled.faults.map(({ at, why }) => ({
    path: at,
    message: `\`${shortened(at.at(-1) ?? "")}\` ${why}`,
    at: "value",
  }));
}

const shownMax = 80;
const shortened = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
