import { GatewayError } from "../../kernel/errors.ts";
import type { FactOf, Made } from "../../ports/expressions.ts";
import type { JsonEdit } from "./json-edits.ts";
import { isFieldValue } from "./transform-value.ts";
import type { Transforms } from "./transforms.ts";

/** What expressions make, by the name of a header or parameter, or by the JSON Pointer of a place. */
export type Makers = Readonly<Record<string, (factOf: FactOf) => Made>>;

/** What of a route's changes is made of each request: it is set like what is written down. */
export interface ComputedEdits {
  readonly request: { readonly headers: Makers; readonly query: Makers; readonly body: Makers };
  readonly response: { readonly headers: Makers; readonly body: Makers };
}

/**
 * A route's changes for one request. All is made before the service is asked, what its answer gets as well: a request
 * of which it cannot be made goes nowhere.
 *
 * @throws GatewayError `malformed_request` when an expression cannot be told, or makes what no header can hold.
 */
export function withComputed(transforms: Transforms, computed: ComputedEdits, factOf: FactOf): Transforms {
  const { request, response } = transforms;
  return {
    ...transforms,
    request: {
      headers: withTexts(request.headers, headersOf(computed.request.headers, factOf)),
      query: withTexts(request.query, textsOf(computed.request.query, factOf)),
      body: [...request.body, ...jsonOf(computed.request.body, factOf)],
    },
    response: {
      ...response,
      headers: withTexts(response.headers, headersOf(computed.response.headers, factOf)),
      body: [...response.body, ...jsonOf(computed.response.body, factOf)],
    },
  };
}

type Texts = Readonly<Record<string, string>>;

const withTexts = <Edits extends { readonly set: Texts }>(edits: Edits, made: Texts): Edits => ({
  ...edits,
  set: { ...edits.set, ...made },
});

function textsOf(makers: Makers, factOf: FactOf): Texts {
  return Object.fromEntries(
    Object.entries(makers).map(([name, make]) => [name, `${valueOf(name, make(factOf))}`]),
  );
}

function headersOf(makers: Makers, factOf: FactOf): Texts {
  const texts = textsOf(makers, factOf);
  for (const [name, text] of Object.entries(texts))
    if (!isFieldValue(text)) throw unmade(name, "it holds a byte that no header can");
  return texts;
}

const jsonOf = (makers: Makers, factOf: FactOf): readonly JsonEdit[] =>
  Object.entries(makers).map(([set, make]) => ({ set, value: valueOf(set, make(factOf)) }));

function valueOf(name: string, made: Made): string | number | boolean {
  if ("value" in made) return made.value;
  throw unmade(name, made.fault);
}

const unmade = (name: string, fault: string): GatewayError =>
  new GatewayError("malformed_request", `what is made for ${name}: ${fault}`, {
    message: `What this route sets as \`${name}\` cannot be made of this request.`,
  });
