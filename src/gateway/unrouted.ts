import type { Refuser } from "../exchange/codec.ts";
import { type ErrorCode, GatewayError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { HeadAnswer, InboundRequest } from "../ports/server.ts";
import type { DataRoutes } from "./data-routes.ts";
import { unroutedRefuser } from "./grpc-refuser.ts";
import { refusers } from "./refusers.ts";

export type AnswerToHead = (code: ErrorCode, target: string | undefined) => HeadAnswer;

type Asked = Pick<InboundRequest, "method" | "target" | "header" | "rawHeaders">;

/**
 * How a client is told of a refusal before a route is known: on the paths of AI APIs in their dialect, elsewhere by a
 * problem document, and who speaks gRPC in its form. A method that routes of services alone could have taken is theirs
 * to refuse, wherever they stand.
 */
export function refuserBeforeRoute(
  asked: Asked,
  { code }: Pick<GatewayError, "code">,
  { codecFor, routesOf }: DataRoutes,
): Refuser {
  const key = { path: pathOf(asked.target), query: "", header: asked.header };
  const isOfServices = code === "method_not_allowed" && routesOf(key) === undefined;
  return unroutedRefuser(asked, (isOfServices ? undefined : codecFor(key)) ?? refusers.rest);
}

/** The path as far as it can be read of a target that was perhaps refused for it. */
const pathOf = (target: string): string =>
  target
    .replace(/^https?:\/\/[^/?]*/i, "")
    .replace(/[?#].*$/s, "")
    .replace(/\/{2,}/g, "/");

/** The answer to a head that becomes no request; it has an id of its own, which is in no log. */
export const answerToHead =
  ({ clock, random }: { readonly clock: Clock; readonly random: Random }, routes: DataRoutes): AnswerToHead =>
  (code, target) => {
    const error = new GatewayError(code, "the head is no request");
    const id = uuidv7(clock.now(), random.bytes(10));
    const asked: Asked = { method: "", target: target ?? "", header: () => undefined, rawHeaders: [] };
    const codec = refuserBeforeRoute(asked, error, routes);
    const { status, headers } = codec.errorHead?.(error) ?? {
      status: error.status,
      headers: ["content-type", "application/json"],
    };
    const own = ["x-sallyport-request-id", id, "x-sallyport-error", code];
    return { status, headers: [...headers, ...own], body: codec.encodeError(error, id) };
  };
