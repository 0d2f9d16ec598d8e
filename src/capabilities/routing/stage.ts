import { type ClientDialect, purposeOf } from "../../exchange/dialect.ts";
import type { Assigned, Planned } from "../../exchange/exchange.ts";
import type { Candidate, Target } from "../../exchange/target.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { nearestNames } from "../../kernel/nearest.ts";
import type { RoutingTable } from "./shapes.ts";
import { resolveModel } from "./table.ts";

/** Whether a key with these globs may see `name`: identity's rule, handed in by the gateway. */
export type MayUse = (models: readonly string[], name: string) => boolean;

/** Door 6: the candidates of this request, best first. */
export function plan(assigned: Assigned, table: RoutingTable, mayUse: MayUse): Planned {
  const { model } = assigned.facts;
  const resolution = resolveModel(table, model);
  if (resolution.kind === "unknown") throw unknownModel(assigned, resolution.known, mayUse);
  const candidates = resolution.targets.flatMap((reference) => {
    const target = table.providers.get(reference.provider)?.targetOf(reference.model);
    const candidate = target === undefined ? undefined : candidateOf(target, assigned.route.codec.dialect);
    return candidate === undefined ? [] : [candidate];
  });
  const [first, ...others] = inTiers(candidates);
  if (first === undefined) {
    throw new GatewayError("no_eligible_upstream", `no endpoint for ${model}`, {
      message: `No provider of \`${model}\` has an endpoint that this request can be sent to.`,
    });
  }
  return { ...assigned, plan: { candidates: [first, ...others], reason: resolution.reason } };
}

/** One model at several providers, side by side in the list, is one tier: there the next is as good as the one before. */
function inTiers(candidates: readonly Candidate[]): readonly Candidate[] {
  let tier = 0;
  return candidates.map((candidate, index) => {
    const before = candidates[index - 1];
    if (before !== undefined && before.target.model !== candidate.target.model) tier += 1;
    return { ...candidate, tier };
  });
}

/** How clients of one dialect reach a target; `undefined` where it has nothing for their purpose. */
export function candidateOf(target: Target, dialect: ClientDialect): Candidate | undefined {
  const fitting = target.endpoints.filter(({ codec }) => purposeOf(codec.dialect) === purposeOf(dialect));
  const own = fitting.find(({ codec }) => codec.dialect === dialect);
  if (own !== undefined) return { target, endpoint: own, lane: "bytes" };
  const [other] = fitting;
  return other === undefined ? undefined : { target, endpoint: other, lane: "canonical" };
}

function unknownModel(assigned: Assigned, known: readonly string[], mayUse: MayUse): GatewayError {
  const { model } = assigned.facts;
  const allowed = known.filter((name) => mayUse(assigned.constraints.models, name));
  const near = nearestNames(model, allowed);
  const hint =
    near.length === 0
      ? "`GET /v1/models` lists what this key may use."
      : `Did you mean ${near.map((name) => `\`${name}\``).join(", ")}?`;
  return new GatewayError("model_not_found", `unknown model ${model}`, {
    message: `The model \`${model}\` does not exist or this key may not use it. ${hint}`,
    param: "model",
  });
}
