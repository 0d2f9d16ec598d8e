export type GraphqlMediaType = "application/graphql-response+json" | "application/json";

/** What a client takes: the type of whole answers, and whether it reads events. */
export interface GraphqlAccept {
  readonly whole: GraphqlMediaType | undefined;
  readonly hasEvents: boolean;
}

/**
 * Reads an `Accept` header. The type with the higher weight wins; of equals the newer one, if it was named. A client that
 * names neither (no header, any type, `application/*`) gets `application/json`, as those written before there was a choice.
 *
 * @returns `undefined` when nothing that it names can be given: 406.
 *
 * Source: GraphQL over HTTP, "Accept"; RFC 9110 section 12.5.1.
 */
export function readAccept(header: string | undefined): GraphqlAccept | undefined {
  if (header === undefined || header.trim() === "") return { whole: "application/json", hasEvents: false };
  const weights = readRanges(header);
  const any = weights.get("application/*") ?? weights.get("*/*") ?? 0;
  const newer = weights.get("application/graphql-response+json") ?? 0;
  const older = weights.get("application/json") ?? any;
  const events = weights.get("text/event-stream") ?? weights.get("text/*") ?? 0;
  const whole =
    newer > 0 && newer >= older
      ? "application/graphql-response+json"
      : older > 0
        ? "application/json"
        : undefined;
  return whole === undefined && events <= 0 ? undefined : { whole, hasEvents: events > 0 };
}

/** The weight of each range, the greatest where it is named twice; ranges in another encoding than UTF-8 are left out. */
function readRanges(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const range of header.split(",").slice(0, 50)) {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    let weight = 1;
    let isUtf8 = true;
    for (const parameter of parameters) {
      const [key = "", value = ""] = parameter.split("=").map((part) => part.trim());
      if (key === "q") weight = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value) ? Number(value) : 0;
      if (key === "charset") isUtf8 = isUtf8Name(value);
    }
    if (isUtf8) weights.set(name, Math.max(weight, weights.get(name) ?? 0));
  }
  return weights;
}

const isUtf8Name = (name: string): boolean => /^"?utf-?8"?$/.test(name);

/** Whether a request's body is JSON in UTF-8. Source: GraphQL over HTTP, "Request"; without a charset it is UTF-8. */
export function isJsonType(contentType: string | undefined): boolean {
  const [name = "", ...parameters] = (contentType ?? "").split(";").map((part) => part.trim().toLowerCase());
  if (name !== "application/json") return false;
  return parameters.every((parameter) => !parameter.startsWith("charset=") || isUtf8Name(parameter.slice(8)));
}
