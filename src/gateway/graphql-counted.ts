import { GatewayError } from "../kernel/errors.ts";
import { elapsed } from "../kernel/units.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import type { GraphqlResponse } from "../protocols/graphql/index.ts";
import type { AskPorts } from "./graphql-leave.ts";
import type { GraphqlTally, OperationResult } from "./graphql-tallies.ts";

export interface Runner<Runnable> {
  readonly once: (runnable: Runnable) => Promise<GraphqlResponse>;
  readonly stream: (runnable: Runnable) => AsyncIterable<GraphqlResponse>;
}

interface Counted {
  readonly route: { readonly id: string };
  readonly tally: Pick<GraphqlTally, "ended">;
}

/** Tells how each operation has ended. */
export function countedRunner<Runnable extends { readonly operation: GraphqlOperation }>(
  plain: Runner<Runnable>,
  { route, tally }: Counted,
  { clock, signal }: Pick<AskPorts, "clock" | "signal">,
): Runner<Runnable> {
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
        const response = await plain.once(runnable);
        ended(response.hasErrors ? "errors" : "ok");
        return response;
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
        for await (const response of plain.stream(runnable)) {
          hasErrors ||= response.hasErrors;
          yield response;
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
