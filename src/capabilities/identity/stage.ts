import type { Authorized, Decoded, Identified, Received, Route } from "../../exchange/exchange.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { type DigestOf, type KeyDirectory, mayUse } from "./directory.ts";

const howTo =
  "Send a gateway key (`sp-…`) as `Authorization: Bearer` or `x-api-key`; `sallyport keys create` makes one.";

/** Door 1: who is asking. */
export function identify<R extends Route>(
  received: Received<R>,
  directory: KeyDirectory,
  digestOf: DigestOf,
): Identified<R> {
  const [key, other] = received.presented;
  if (key === undefined)
    throw unauthenticated("no gateway key", `No gateway key came with this request. ${howTo}`);
  if (other !== undefined)
    throw unauthenticated(
      "two different gateway keys",
      "Two different gateway keys came with this request; send one.",
    );
  const identity = directory.get(digestOf(key));
  if (identity === undefined)
    throw unauthenticated("unknown or revoked key", `This gateway key is unknown or revoked. ${howTo}`);
  return { ...received, identity };
}

/** Door 2: whether this caller may use the model it names. */
export function authorize(decoded: Decoded): Authorized {
  const { models } = decoded.identity;
  if (!mayUse(models, decoded.facts.model)) {
    throw new GatewayError(
      "model_not_found",
      `key ${decoded.identity.keyId} may not use ${decoded.facts.model}`,
      {
        message: `The model \`${decoded.facts.model}\` does not exist or this key may not use it.`,
        param: "model",
      },
    );
  }
  return { ...decoded, constraints: { models } };
}

function unauthenticated(detail: string, message: string): GatewayError {
  return new GatewayError("unauthenticated", detail, { message });
}
