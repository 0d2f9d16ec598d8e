import type { Trail } from "../pipeline/trail.ts";
import type { GraphqlFault } from "../ports/graphql.ts";
import {
  encodeFaults,
  encodeUnknownDocument,
  type GraphqlAnswer,
  type GraphqlMediaType,
  type GraphqlParams,
} from "../protocols/graphql/index.ts";
import type { Runnable, RunnerParts } from "./graphql-run.ts";

/** `answer`: it is not run; `why`: the rule that it broke, `reason`: the word that this is counted by. */
export type Prepared =
  | { readonly kind: "runnable"; readonly runnable: Runnable }
  | {
      readonly kind: "answer";
      readonly answer: GraphqlAnswer;
      readonly why: string;
      readonly reason: RefusalReason;
    };

type RefusalReason = `graphql_${GraphqlFault["kind"] | "unknown_document"}`;

/** Finds the text of an operation and holds it against schema and limits, and asks policies of it. @throws GatewayError */
export function prepareOperation(
  {
    identified,
    route,
    tally,
    trail,
  }: Pick<RunnerParts, "identified" | "route" | "tally"> & {
    readonly trail: Pick<Trail<unknown>, "id" | "charge" | "onOperation">;
  },
  params: GraphqlParams,
  media: GraphqlMediaType,
): Prepared {
  const found = route.documents.resolve(params);
  if (found.kind === "unknown")
    return {
      kind: "answer",
      answer: encodeUnknownDocument(trail.id),
      why: "an unknown document",
      reason: "graphql_unknown_document",
    };
  const checked = route.checker.check(found.text, {
    operationName: params.operationName,
    variables: params.variables,
    mayIntrospect: route.mayIntrospect(identified.identity.name),
  });
  if (checked.kind === "refused") {
    const { faults, operation } = checked;
    const { rule: why = "refused", kind = "validation" } = faults[0] ?? {};
    tally.refused(
      route.id,
      operation ?? { type: "unread", name: params.operationName, hash: route.digestOf(found.text) },
    );
    return { kind: "answer", answer: encodeFaults(faults, media, trail.id), why, reason: `graphql_${kind}` };
  }
  if (route.notesUntrusted && found.origin !== "trusted")
    tally.untrusted(route.id, checked.operation, () => route.digestOf(found.text));
  trail.onOperation?.(checked.operation);
  trail.charge?.(checked.operation.cost);
  return { kind: "runnable", runnable: { params, text: found.text, operation: checked.operation } };
}
