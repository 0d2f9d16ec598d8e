import type { RequestMessage, SignedMessage } from "../exchange/signed-message.ts";
import { parseDictionary, parseItem, parseList } from "../kernel/structured-fields.ts";
import { bytesText, dictionaryText, itemText, listText, memberText } from "../kernel/structured-text.ts";
import type { SfItem, SfParameters } from "../kernel/structured-values.ts";
import { valuesOf } from "./field-values.ts";

/** `malformed`: there can be no such component; `missing_component`: this message has none of it. */
export type ComponentFault = "malformed" | "missing_component";
export type ComponentValue = { readonly value: string } | { readonly fault: ComponentFault };

const malformed: ComponentValue = { fault: "malformed" };
const missing: ComponentValue = { fault: "missing_component" };

/** How the fields are built that may be signed by their strict form (`;sf`) or by one of their members (`;key`). */
const structuredForms: ReadonlyMap<string, "item" | "list" | "dictionary"> = new Map([
  ...["accept-signature", "cdn-cache-control", "content-digest", "priority", "repr-digest"].map(asDictionary),
  ...["signature", "signature-input", "want-content-digest", "want-repr-digest"].map(asDictionary),
  ...["accept-ch", "cache-status", "client-cert-chain", "proxy-status", "ratelimit"].map(asList),
  ...["client-cert", "idempotency-key"].map((name) => [name, "item"] as const),
]);

/**
 * The value of one component.
 *
 * Source: RFC 9421, sections 2.1 (fields) and 2.2 (derived components).
 */
export function componentValue(component: SfItem, message: SignedMessage): ComponentValue {
  const { value: name, parameters } = component;
  if (name.type !== "string" || !isWellFormed(name.value, parameters)) return malformed;
  const isOfRequest = parameters.has("req");
  if (isOfRequest && !isResponse(message)) return malformed;
  const source = isOfRequest && isResponse(message) ? message.request : message;
  if (source === undefined) return missing;
  if (!name.value.startsWith("@")) return fieldValue(name.value, parameters, source);
  if (isResponse(source)) return name.value === "@status" ? { value: String(source.status) } : malformed;
  return name.value === "@query-param"
    ? queryParameter(parameters, source.query)
    : derived(name.value, source);
}

/** A component as it stands in the signature's base and input. */
export const componentText = (component: SfItem): string => itemText(component);

const isResponse = (message: SignedMessage): message is Exclude<SignedMessage, RequestMessage> =>
  "status" in message;

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const fieldFlags = new Set(["sf", "key", "bs", "req", "tr"]);

function isWellFormed(name: string, parameters: SfParameters): boolean {
  const isDerived = name.startsWith("@");
  if (!isDerived && !fieldName.test(name)) return false;
  for (const [key, value] of parameters) {
    if (key === "name" && name === "@query-param") {
      if (value.type !== "string") return false;
    } else if (key === "key" && !isDerived) {
      if (value.type !== "string") return false;
    } else if (!(isDerived ? key === "req" : fieldFlags.has(key)) || value.value !== true) return false;
  }
  const isBytes = parameters.has("bs");
  return !isBytes || !(parameters.has("sf") || parameters.has("key"));
}

function derived(name: string, request: RequestMessage): ComponentValue {
  const { method, scheme, authority, target, path, query } = request;
  switch (name) {
    case "@method":
      return { value: method };
    case "@authority":
      return { value: authority };
    case "@scheme":
      return { value: scheme };
    case "@target-uri":
      return {
        value: `${scheme}://${authority}${path}${query === "" && !target.includes("?") ? "" : `?${query}`}`,
      };
    case "@request-target":
      return { value: target };
    case "@path":
      return { value: path };
    case "@query":
      return { value: `?${query}` };
    default:
      return malformed;
  }
}

/** The one value of a parameter of the query; what comes twice cannot be signed by its name. */
function queryParameter(parameters: SfParameters, query: string): ComponentValue {
  const name = parameters.get("name");
  if (name?.type !== "string") return malformed;
  const found: string[] = [];
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = decoded(equals < 0 ? "" : pair.slice(equals + 1));
    if (pair === "" || key === undefined || value === undefined) continue;
    if (encoded(key) === name.value) found.push(encoded(value));
  }
  const [value] = found;
  if (value === undefined) return missing;
  return found.length === 1 ? { value } : malformed;
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

/** Source: WHATWG URL, "application/x-www-form-urlencoded percent-encode set", a space as `%20`. */
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function fieldValue(name: string, parameters: SfParameters, message: SignedMessage): ComponentValue {
  const lines = valuesOf(parameters.has("tr") ? (message.trailers ?? []) : message.fields, name);
  if (lines === undefined) return missing;
  if (parameters.has("bs") && lines.some((line) => /[\u0100-\uffff]/.test(line))) return malformed;
  if (parameters.has("bs")) return { value: lines.map((line) => bytesText(latin1(line))).join(", ") };
  const value = lines.join(", ");
  const key = parameters.get("key");
  if (key?.type === "string") {
    const member = parseDictionary(value)?.get(key.value);
    return member === undefined ? missing : { value: memberText(member) };
  }
  return parameters.has("sf") ? strictValue(name, value) : { value };
}

function strictValue(name: string, value: string): ComponentValue {
  const form = structuredForms.get(name);
  const text = form === undefined ? undefined : readAgain[form](value);
  return text === undefined ? malformed : { value: text };
}

const readAgain: Readonly<Record<"item" | "list" | "dictionary", (text: string) => string | undefined>> = {
  item: (text) => {
    const item = parseItem(text);
    return item && itemText(item);
  },
  list: (text) => {
    const list = parseList(text);
    return list && listText(list);
  },
  dictionary: (text) => {
    const dictionary = parseDictionary(text);
    return dictionary && dictionaryText(dictionary);
  },
};

/** Header values are bytes, told as the characters of these numbers. */
const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

function asDictionary(name: string) {
  return [name, "dictionary"] as const;
}
function asList(name: string) {
  return [name, "list"] as const;
}
