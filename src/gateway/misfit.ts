import { misfitOf } from "../capabilities/abilities/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Call } from "../exchange/call.ts";
import { purposeOf } from "../exchange/dialect.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { PreparePorts } from "../pipeline/prepare.ts";

/** Holds calls that ask for words against what is known of a candidate's model. */
export function createMisfit(
  holds: PreparePorts["holds"],
  tokenCount: Pick<TokenCount, "atLeast">,
): NonNullable<PreparePorts["misfitOf"]> {
  return ({ route, body }, { target, endpoint }, decoded) =>
    purposeOf(route.codec.dialect) !== "answer" || purposeOf(endpoint.codec.dialect) !== "answer"
      ? undefined
      : misfitOf({
          model: target.model,
          abilities: target.abilities,
          bodyBytes: body.byteLength,
          holds: (texts) => holds(body, texts),
          call: () => readable(decoded),
          tokensAtLeast: () => tokenCount.atLeast(target, body.byteLength),
        });
}

/** What cannot be read here is for the upstream of the same dialect to judge. */
function readable(decoded: () => { readonly call: Call }): Call | undefined {
  try {
    return decoded().call;
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}
