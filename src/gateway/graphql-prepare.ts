import type { RequestId } from "../kernel/ids.ts";
import {
  encodeFaults,
  encodeUnknownDocument,
  type GraphqlAnswer,
  type GraphqlMediaType,
  type GraphqlParams,
} from "../protocols/graphql/index.ts";
import type { Runnable, RunnerParts } from "./graphql-run.ts";

/** `answer`: it is not run; `why`: the rule that it broke. */
export type Prepared =
  | { readonly kind: "runnable"; readonly runnable: Runnable }
  | { readonly kind: "answer"; readonly answer: GraphqlAnswer; readonly why: string };

/** Finds the text of an operation and holds it against schema and limits. @throws GatewayError */
export function prepareOperation(
  {
    identified,
    route,
    trail,
  }: Pick<RunnerParts, "identified" | "route"> & { readonly trail: { readonly id: RequestId } },
  params: GraphqlParams,
  media: GraphqlMediaType,
): Prepared {
  const found = route.documents.resolve(params);
  if (found.kind === "unknown")
    return { kind: "answer", answer: encodeUnknownDocument(trail.id), why: "an unknown document" };
  const checked = route.checker.check(found.text, {
    operationName: params.operationName,
    variables: params.variables,
    mayIntrospect: route.mayIntrospect(identified.identity.name),
  });
  if (checked.kind === "refused") {
    const why = checked.faults[0]?.rule ?? "refused";
    return { kind: "answer", answer: encodeFaults(checked.faults, media, trail.id), why };
  }
  return { kind: "runnable", runnable: { params, text: found.text, operation: checked.operation } };
}
