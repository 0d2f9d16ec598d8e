import type { Edit } from "../capabilities/policy/index.ts";
import type { ClientDialect } from "../exchange/dialect.ts";
import { scanObject } from "../framing/json-scan.ts";
import { spliceObject } from "../framing/json-splice.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { PolicyEdits } from "../pipeline/trail.ts";
import type { Asked, Changed } from "./guards.ts";
import { protocolOf } from "./policy-facts.ts";
import type { Transforms } from "./route-rules.ts";

/**
 * Does what policies change of a request: headers and query are noted for its way up, model and limit of a call are changed
 * at once.
 * @throws GatewayError `policy_denied` where a change cannot be made: what was to be held back must not pass.
 */
export function applyEdits(asked: Asked, edits: readonly Edit[]): Changed | undefined {
  const { trail, call } = asked;
  let changed: Changed | undefined;
  for (const edit of edits) {
    const field = fieldOf(edit);
    if (field !== undefined) note(asked, field);
    else if (call === undefined) throw impossible("the request is no call of a model that is read");
    else if ("setModel" in edit)
      changed = { ...call, ...changed, ...withModel(changed ?? call, edit.setModel) };
    else if ("maxTokens" in edit) changed = clamped(asked, changed ?? call, edit.maxTokens) ?? changed;
  }
  if (changed !== undefined)
    trail.facts = { ...trail.facts, model: changed.facts.model, isStream: changed.facts.isStream };
  return changed && { facts: changed.facts, body: changed.body };
}

/** Those whose query parameters are sent on as they came. */
const queryProtocols: ReadonlySet<string> = new Set(["rest", "websocket"]);

/** Notes it for the way up. */
function note(asked: Asked, { in: of, name, value }: FieldEdit): void {
  if (of === "query" && !queryProtocols.has(protocolOf(asked)))
    throw impossible("its query parameters do not go up");
  asked.trail.edits[of].set(name, value);
}

interface FieldEdit {
  readonly in: "headers" | "query";
  readonly name: string;
  readonly value: string | undefined;
}

/** The header or the parameter that an edit sets, or takes away; `undefined`: it changes a call. */
function fieldOf(edit: Edit): FieldEdit | undefined {
  if ("setHeader" in edit) return { in: "headers", ...edit.setHeader };
  if ("removeHeader" in edit) return { in: "headers", name: edit.removeHeader, value: undefined };
  if ("setQuery" in edit) return { in: "query", ...edit.setQuery };
  if ("removeQuery" in edit) return { in: "query", name: edit.removeQuery, value: undefined };
  return undefined;
}

/** The body keeps its word of the model: each upstream is told its own name of it in any case. */
const withModel = ({ facts, body }: Changed, model: string): Changed => ({
  facts: { ...facts, model },
  body,
});

/** The member that limits an answer; those that are there count, else the first is put. */
const limitMembers: Readonly<Partial<Record<ClientDialect, readonly string[]>>> = {
  "openai-chat": ["max_completion_tokens", "max_tokens"],
  "openai-responses": ["max_output_tokens"],
  "anthropic-messages": ["max_tokens"],
  "ai-v1": ["max_tokens"],
};

function clamped(
  { identified: { route } }: Asked,
  { facts, body }: Changed,
  most: number,
): Changed | undefined {
  if (facts.outputTokensMax !== undefined && facts.outputTokensMax <= most) return undefined;
  const dialect = route.kind === "ai" ? route.codec.dialect : undefined;
  const members = dialect === undefined ? undefined : limitMembers[dialect];
  if (members === undefined)
    throw impossible(`the limit of an answer is not changed in ${dialect ?? "this lane"}`);
  const scan = scanObject(body);
  if (!("members" in scan)) throw impossible("the body cannot be read");
  const there = members.filter((member) => scan.members.some(({ name }) => name === member));
  const [first] = members;
  const set = there.length > 0 ? there : first === undefined ? [] : [first];
  const next = spliceObject(
    body,
    scan,
    set.map((member) => ({ member, value: String(most) })),
  );
  return { facts: { ...facts, outputTokensMax: most }, body: next };
}

const impossible = (why: string): GatewayError =>
  new GatewayError("policy_denied", `a policy cannot change it: ${why}`, {
    message: "A policy wants this request changed in a way in which it cannot be.",
  });

/** The changes of a route, and those of policies after them. */
export function withPolicyEdits(transforms: Transforms, { headers, query }: PolicyEdits): Transforms {
  if (headers.size + query.size === 0) return transforms;
  const { request } = transforms;
  return {
    ...transforms,
    request: {
      ...request,
      headers: editsWith(request.headers, headers),
      query: editsWith(request.query, query),
    },
  };
}

type FieldEdits = Transforms["request"]["headers"];

function editsWith(edits: FieldEdits, by: ReadonlyMap<string, string | undefined>): FieldEdits {
  const set = [...by].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const gone = [...by].flatMap(([name, value]) => (value === undefined ? [name] : []));
  const left = (fields: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !by.has(name)));
  return {
    ...edits,
    set: { ...left(edits.set), ...Object.fromEntries(set) },
    add: left(edits.add),
    remove: [...edits.remove, ...gone],
  };
}
