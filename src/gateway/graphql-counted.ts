import { GatewayError } from "../kernel/errors.ts";
import { elapsed } from "../kernel/units.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import type { AskPorts } from "./graphql-leave.ts";
import type { GraphqlTally, OperationResult } from "./graphql-tallies.ts";

/** One GraphQL response. */
export interface ToldResult {
  readonly text: string;
  readonly hasErrors: boolean;
}

export interface Runner<Runnable, Result> {
  readonly once: (runnable: Runnable) => Promise<Result>;
  readonly stream: (runnable: Runnable) => AsyncIterable<Result>;
}

interface Counted {
  readonly route: { readonly id: string };
  readonly tally: Pick<GraphqlTally, "ended">;
}

/** Tells how each operation has ended. */
export function countedRunner<Runnable extends { readonly operation: GraphqlOperation }>(
  plain: Runner<Runnable, ToldResult>,
  { route, tally }: Counted,
  { clock, signal }: Pick<AskPorts, "clock" | "signal">,
): Runner<Runnable, string> {
  const begin = ({ operation }: Runnable): ((result: OperationResult) => void) => {
    const from = clock.monotonic();
    return (result) => {
      const tookMs = elapsed(from, clock.monotonic());
      tally.ended(route.id, operation, { result: signal.aborted ? "aborted" : result, tookMs });
    };
  };
  return {
    once: async (runnable) => {
      const ended = begin(runnable);
      try {
        const { text, hasErrors } = await plain.once(runnable);
        ended(hasErrors ? "errors" : "ok");
        return text;
      } catch (thrown) {
        ended(resultOf(GatewayError.from(thrown)));
        throw thrown;
      }
    },
    stream: async function* (runnable) {
      const ended = begin(runnable);
      // Who reads the stream may leave it.
      let result: OperationResult = "aborted";
      let hasErrors = false;
      try {
        for await (const told of plain.stream(runnable)) {
          hasErrors ||= told.hasErrors;
          yield told.text;
        }
        result = hasErrors ? "errors" : "ok";
      } catch (thrown) {
        result = resultOf(GatewayError.from(thrown));
        throw thrown;
      } finally {
        ended(result);
      }
    },
  };
}

function resultOf({ code, kind }: GatewayError): OperationResult {
  if (code === "client_closed") return "aborted";
  return kind.owner === "client" ? "refused" : "failed";
}
