import { rootOperator } from "../exchange/operator.ts";
import type { Control } from "../gateway/control.ts";
import { createFailureLimit } from "../gateway/failure-limit.ts";
import { GatewayError } from "../kernel/errors.ts";
import { type RequestId, uuidv7 } from "../kernel/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { InboundHandler, InboundRequest } from "../ports/server.ts";
import type { OnAdminCall } from "./admin-call.ts";
import type { AdminRoute, Permission } from "./admin-route.ts";
import { allowedHost } from "./allowed-host.ts";
import type { Answered } from "./answer.ts";
import { createAnswers } from "./answers.ts";
import { type Caller, type Credential, isLoopback, readCredential } from "./caller.ts";
import { type Match, matchRoute } from "./match-route.ts";
import { plainRoutes } from "./plain-routes.ts";
import { readBody, readQuery } from "./read-asked.ts";
import { readTarget } from "./read-target.ts";
import { permissionsOf } from "./roles.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { sendData, sendDocument, sendFailure } from "./send.ts";
import { type AssetSource, sendAsset } from "./send-asset.ts";

export interface AdminParts {
  readonly control: Control;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The dashboard's files; `() => undefined` where there are none. */
  readonly assets: AssetSource;
  readonly version: string;
  /** Where the data plane listens, for those who ask the admin API for it. */
  readonly dataUrl: string;
  /** Names besides loopback ones under which this listener may be reached; lower-case, without port. */
  readonly hosts?: readonly string[];
  /** Absent: nobody keeps account of calls. */
  readonly onCall?: OnAdminCall;
  /** Asked before anything is changed; absent: nobody is. @throws GatewayError `storage_unavailable`: nothing may be. */
  readonly beforeChange?: () => Promise<void>;
}

const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * The admin listener: the API, probes, metrics and the dashboard. What is not written down as public needs a credential,
 * unknown API paths included, so that a stranger learns nothing about them.
 */
export function createAdmin(parts: AdminParts): InboundHandler {
  const { control, hosts = [] } = parts;
  const answers = createAnswers(parts);
  const failures = createFailureLimit(parts.clock);

  /** The caller, where `permission` asks for one. @throws GatewayError `unauthenticated`, `rate_limited`, `policy_denied`. */
  function admit(
    permission: Permission | undefined,
    visit: Visit,
    reach?: AdminRoute["reach"],
  ): Caller | undefined {
    const { credential, request } = visit;
    if (permission === "public") return credential.kind === "good" ? credential.caller : undefined;
    switch (credential.kind) {
      case "none":
        throw unauthenticated("no credential");
      case "wrong":
        throw failures.refuse(request.remoteAddress, unauthenticated("wrong credential"));
      case "good":
        checkRole(credential.caller, permission, reach);
        return credential.caller;
    }
  }

  async function answerApi(visit: Visit): Promise<void> {
    const { request, path } = visit;
    const match = matchRoute(request.method, path);
    if (match.kind === "found") return answerRoute(visit, match);
    admit(undefined, visit);
    if (match.kind === "none") throw new GatewayError("route_not_found", "no such admin route");
    refuseMethod(visit, match.allow);
  }

  /** A call of a route that there is, told whatever becomes of it. */
  async function answerRoute(visit: Visit, match: FoundRoute): Promise<void> {
    const { request, requestId, credential } = visit;
    const told = (refusedBy?: string) =>
      parts.onCall?.({
        at: parts.clock.now(),
        requestId,
        route: match.id,
        method: request.method,
        permission: match.route.permission,
        audit: match.route.audit,
        name: match.name,
        operator: credential.kind === "good" ? credential.caller.operator : undefined,
        remoteAddress: request.remoteAddress,
        refusedBy,
      });
    let answered: Answered<unknown>;
    try {
      answered = await carryOut(visit, match);
    } catch (thrown) {
      await told(GatewayError.from(thrown).code);
      throw thrown;
    }
    await told();
    const { data, headers = [] } = answered;
    if (match.route.answer === "document") sendDocument(request.reply, 200, data);
    else sendData(request.reply, { status: match.route.status ?? 200, data, headers });
  }

  async function carryOut(visit: Visit, match: FoundRoute): Promise<Answered<unknown>> {
    const { request, query, host } = visit;
    const caller = admit(match.route.permission, visit, match.route.reach);
    if (!readingMethods.has(request.method))
      requireSameOrigin(request, { host, isProofNeeded: caller?.kind === "session" });
    if (match.route.permission.endsWith(":write") && match.id !== "signOut") await parts.beforeChange?.();
    return await answers[match.id]({
      name: match.name,
      caller,
      operator: caller?.operator ?? rootOperator,
      isSecure: !isLoopback(host) || (request.header("origin")?.startsWith("https://") ?? false),
      header: request.header,
      query: (schema) => readQuery(query, schema),
      body: (schema) => readBody(request, schema),
      refused: (refusal) => failures.refuse(request.remoteAddress, refusal),
    });
  }

  async function answer(request: InboundRequest, requestId: RequestId): Promise<void> {
    const { path, query } = readTarget(request.target);
    const credential = readCredential(request, control.session.whoIs);
    // A page that rebinds its name has no bearer token to send: who has one may come by any name.
    const isByBearer = credential.kind === "good" && credential.caller.kind === "bearer";
    const host = isByBearer ? (request.header("host") ?? "") : allowedHost(request.header("host"), hosts);
    const visit: Visit = { request, requestId, path, query, host, credential };
    if (path === "/api" || path.startsWith("/api/")) return answerApi(visit);
    const plain = plainRoutes.find((route) => route.path === path);
    if (plain !== undefined) admit(plain.permission, visit);
    if (!readingMethods.has(request.method)) return refuseMethod(visit, "GET, HEAD");
    if (plain === undefined) sendAsset(request, path, parts.assets);
    else plain.send(control, request.reply, new URLSearchParams(query).has("verbose"));
  }

  return (request) => {
    const requestId = uuidv7(parts.clock.now(), parts.random.bytes(10));
    answer(request, requestId).catch((thrown: unknown) =>
      fail({ request, requestId, thrown, logger: parts.logger }),
    );
  };
}

type FoundRoute = Extract<Match, { kind: "found" }>;

/** A request on its way through the listener. */
interface Visit {
  readonly request: InboundRequest;
  readonly requestId: RequestId;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly credential: Credential;
}

/** @throws GatewayError `policy_denied`: the role does not hold it, or it is about more than the caller's tenant. */
function checkRole(
  { operator }: Caller,
  permission: Permission | undefined,
  reach: AdminRoute["reach"],
): void {
  if (permission === undefined) return;
  if (!permissionsOf(operator.role).has(permission)) {
    throw new GatewayError("policy_denied", `${operator.id} (${operator.role}) does not hold ${permission}`, {
      message: `This needs the permission \`${permission}\`, which the role \`${operator.role}\` does not have.`,
    });
  }
  if (operator.tenant === undefined || reach === "tenant") return;
  throw new GatewayError("policy_denied", `${operator.id} is bound to a tenant`, {
    message: "This is about the whole gateway; you may see and change what is of your tenant.",
  });
}

/** One answer for all who are not let in, so that it tells them nothing. */
function unauthenticated(detail: string): GatewayError {
  return new GatewayError("unauthenticated", detail, {
    message: "Sign in by the admin link, or send the admin token as `Authorization: Bearer`.",
  });
}

function refuseMethod({ request, requestId }: Visit, allow: string): void {
  const error = new GatewayError("method_not_allowed", `allowed: ${allow}`);
  sendFailure(request.reply, error, { requestId, headers: ["allow", allow] });
}

/** The one place where a request's failure ends. */
function fail({ request, requestId, thrown, logger }: FailedRequest): void {
  const error = GatewayError.from(thrown);
  if (error.code === "client_closed") return request.reply.destroy();
  const facts = { requestId, method: request.method, code: error.code, detail: error.detail };
  if (error.kind.owner === "gateway")
    logger.error("an admin request failed", { ...facts, stack: stackOf(error) });
  else if (error.code === "rate_limited") logger.warn("an admin request was held up", facts);
  try {
    sendFailure(request.reply, error, { requestId, headers: [] });
  } catch {
    // The answer had begun: a broken connection is better than one that looks whole.
    request.reply.destroy();
  }
}

interface FailedRequest {
  readonly request: InboundRequest;
  readonly requestId: RequestId;
  readonly thrown: unknown;
  readonly logger: Logger;
}

function stackOf(error: GatewayError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
