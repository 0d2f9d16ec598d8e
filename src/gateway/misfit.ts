import { misfitOf, type Needs, needsOf } from "../capabilities/abilities/index.ts";
import { type TextSize, type TokenCount, textSizeOf } from "../capabilities/token-count/index.ts";
import type { Call } from "../exchange/call.ts";
import { purposeOf } from "../exchange/dialect.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { MisfitOf } from "../exchange/misfit.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";
import { holds } from "./body-tools.ts";
import type { WantedDecision } from "./route-control.ts";

/** Holds calls that ask for words against what is known of the models of their targets. */
export const createMisfit =
  (tokenCount: Pick<TokenCount, "atLeast">) =>
  ({ route, body }: Assigned, decoded: DecodedOnce): MisfitOf => {
    const bodyBytes = body.byteLength;
    let size: TextSize | undefined;
    const needs = needsOf({
      bodyBytes,
      holds: (texts) => holds(body, texts),
      call: () => readable(decoded),
      tokensAtLeast: (of, window) => {
        // Its bytes bound it from above: most bodies fit, and are not counted.
        const most = tokenCount.atLeast(of, { plainBytes: bodyBytes, otherCharacters: 0 });
        if (most <= window) return most;
        size ??= textSizeOf(body);
        return tokenCount.atLeast(of, size);
      },
    });
    return purposeOf(route.codec.dialect) === "answer" ? fitted(needs) : () => undefined;
  };

/** The same for a question, which says of its content what a request would bring. */
export function misfitOfAsked({ content = {}, inputTokens }: WantedDecision): MisfitOf {
  const { images = 0, tools = 0, isSchema = false } = content;
  return fitted({
    mediumOf: (kinds) => kinds.find((kind) => kind === "image" && images > 0),
    tools: () => tools > 0,
    schema: () => isSchema,
    tokensBeyond: (window) => (inputTokens > window ? inputTokens : undefined),
  });
}

const fitted =
  (needs: Needs): MisfitOf =>
  (target) =>
    target.endpoints.some(({ codec }) => purposeOf(codec.dialect) === "answer")
      ? misfitOf(target, needs)
      : undefined;

/** What cannot be read here is for the upstream of the same dialect to judge. */
function readable(decoded: DecodedOnce): Call | undefined {
  try {
    return decoded().call;
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}
