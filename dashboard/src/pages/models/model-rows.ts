import type { ModelTarget } from "../../generated/client.ts";
import type { KnownUpstreams } from "../../live/read-upstreams.ts";

/** One line of the list: a target of a name, or a model that requests have reached without being named anywhere. */
export interface ModelRow {
  /** `undefined`: no name of the configuration stands for it alone. */
  readonly name: string | undefined;
  readonly kind: "pool" | "model" | "pattern" | "seen";
  /** Its place among the targets of its name, from 0: the order of failover. */
  readonly place: number;
  readonly target: ModelTarget;
}

/** Names first, in the gateway's order; then what requests have reached beside them. */
export function modelRows({ models, seen }: Pick<KnownUpstreams, "models" | "seen">): readonly ModelRow[] {
  const named = models.flatMap(({ name, kind, targets }) =>
    targets.map((target, place): ModelRow => ({ name, kind, place, target })),
  );
  const known = new Set(named.map(({ target }) => idOf(target)));
  const others = seen
    .filter((target) => !known.has(idOf(target)))
    .map((target): ModelRow => ({ name: undefined, kind: "seen", place: 0, target }));
  return [...named, ...others];
}

/** How an address names a model of a provider. */
export const idOf = ({ provider, model }: Pick<ModelTarget, "provider" | "model">): string =>
  `${provider}/${model}`;

/** What `idOf` has written: the name of a provider has no slash. */
export function readId(id: string): Pick<ModelTarget, "provider" | "model"> {
  const slash = Math.max(0, id.indexOf("/"));
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) };
}
