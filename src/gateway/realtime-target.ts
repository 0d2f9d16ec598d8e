import { mayUse } from "../capabilities/identity/index.ts";
import { type Bounds, resolveModel, withinBounds } from "../capabilities/routing/index.ts";
import type { Identified, Route } from "../exchange/exchange.ts";
import type { Endpoint, Target } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Snapshot } from "./snapshot.ts";

export type RealtimeRoute = Extract<Route, { kind: "realtime" }>;

/** Where a session goes. */
export interface RealtimeTarget {
  readonly model: string;
  readonly target: Target;
  readonly endpoint: Endpoint;
  readonly reason: string;
}

/**
 * Doors 2 and 6 of a realtime session: whether this key may use the model, and the first of its targets that speaks a
 * dialect of OpenAI's and may be sent it.
 *
 * @throws GatewayError `route_not_found`, `malformed_request`, `model_not_found`, and where nobody may be
 * asked `policy_denied`, `constraints_unsatisfiable`, `no_eligible_upstream`.
 */
export function realtimeTarget(
  { identity, route }: Identified<RealtimeRoute>,
  { table, realtime }: Snapshot,
  boundsOf: (model: string) => Bounds,
): RealtimeTarget {
  const model = modelOf(route, realtime.isEnabled);
  const found = resolveModel(table, model);
  if (found.kind === "unknown" || !mayUse(identity.models, model))
    throw new GatewayError("model_not_found", model, {
      message: `The model \`${model}\` does not exist or this key may not use it.`,
      param: "model",
    });
  const bounds = boundsOf(model);
  const speaking = found.targets.flatMap(({ provider, model: name }) => {
    if (table.virtual.has(model) && !mayUse(identity.models, `${provider}/${name}`)) return [];
    const target = table.providers.get(provider)?.targetOf(name);
    const endpoint = target?.endpoints.find(({ codec }) => codec.dialect.startsWith("openai-"));
    return target === undefined || endpoint === undefined ? [] : [{ target, endpoint }];
  });
  const [first] = withinBounds(model, speaking, bounds).within;
  if (first !== undefined) return { model, ...first, reason: found.reason };
  throw new GatewayError("no_eligible_upstream", `no target of ${model} may be sent a realtime session`, {
    message: `No target of \`${model}\` speaks OpenAI's Realtime API and may be sent this request.`,
  });
}

function modelOf({ model }: RealtimeRoute, isEnabled: boolean): string {
  if (!isEnabled)
    throw new GatewayError("route_not_found", "realtime is off", {
      message: "Realtime sessions are off (`realtime.isEnabled`).",
    });
  if (model !== undefined && model !== "") return model;
  throw new GatewayError("malformed_request", "no model", {
    message: "Name a model in the query: `/v1/realtime?model=…`.",
    param: "model",
  });
}
