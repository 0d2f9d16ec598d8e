import * as z from "zod";
import type { Judged, Learner } from "../capabilities/routing/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { parseJson } from "../kernel/json.ts";

/** What the client is told of its judgements. */
export interface FeedbackAnswer {
  readonly status: 200 | 202;
  readonly body: string;
  readonly reason: string;
}

const itemsMax = 500;

const item = z
  .strictObject({
    request_id: z.string().min(1).max(100),
    metric: z.enum(["quality", "thumb", "score"]),
    value: z.union([z.boolean(), z.number().min(-1e12).max(1e12)]),
    range: z.tuple([z.number(), z.number()]).optional(),
    comment: z.string().max(10_000).optional(),
    replace: z.boolean().default(false),
  })
  .refine(({ range: [least, most] = [0, 1] }) => least < most, {
    path: ["range"],
    message: "must be two numbers, the lesser first",
  })
  .refine(
    ({ value, range: [least, most] = [0, 1] }) =>
      typeof value === "boolean" || (value >= least && value <= most),
    {
      path: ["value"],
      message: "must be true, false, or a number from 0 to 1; with `range`, within it",
    },
  );

const batch = z.strictObject({ items: z.array(item).min(1).max(itemsMax) });

/**
 * Takes what a client says of its answers: of one, or of up to 500.
 *
 * @throws GatewayError `malformed_request` (nothing is taken then); for a single one also `route_not_found` and `conflict`.
 */
export function takeFeedback(
  body: Uint8Array,
  keyId: string,
  learner: Pick<Learner, "judge">,
): FeedbackAnswer {
  const value = parseJson(new TextDecoder().decode(body));
  const isBatch = typeof value === "object" && value !== null && "items" in value;
  const items = isBatch ? parsed(batch, value).items : [parsed(item, value)];
  const judged = items.map((one) => learner.judge(judgementOf(one, keyId)));
  const count = (kind: Judged["kind"]): number => judged.filter((told) => told.kind === kind).length;
  const matched = count("learned");
  const reason = `${matched} of ${items.length} judgements learned from`;
  if (!isBatch) return single(judged[0] ?? { kind: "unknown" }, reason);
  const unmatched = count("unknown") + count("unanswered");
  const told = {
    status: "accepted",
    matched,
    duplicates: count("repeated"),
    conflicts: count("contradicts"),
    unmatched,
  };
  return { status: 202, body: JSON.stringify(told), reason };
}

function judgementOf(
  { request_id, metric, value, range: [least, most] = [0, 1], replace }: z.output<typeof item>,
  keyId: string,
): Parameters<Learner["judge"]>[0] {
  const quality = typeof value === "boolean" ? Number(value) : (value - least) / (most - least);
  return { requestId: request_id, keyId, metric, quality, replaces: replace };
}

function single(judged: Judged, reason: string): FeedbackAnswer {
  switch (judged.kind) {
    case "learned":
      return {
        status: 202,
        body: JSON.stringify({
          status: "accepted",
          matched: true,
          late: false,
          route: judged.route,
          model: judged.model,
        }),
        reason,
      };
    case "repeated":
      return { status: 200, body: JSON.stringify({ duplicate: true }), reason };
    case "contradicts":
      throw refused(
        "conflict",
        "Another value was told for this request and metric; `replace: true` takes its place.",
      );
    case "unanswered":
      throw refused("conflict", "This request has no answer yet that could be judged.");
    case "unknown":
      throw refused(
        "route_not_found",
        "There is no such request of this key, or none that a pool with the strategy `learned` has chosen for in the last 24 hours.",
      );
  }
}

function refused(code: "conflict" | "route_not_found", message: string): GatewayError {
  return new GatewayError(code, message, { message, param: "request_id" });
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String).join(".");
  const message =
    value === undefined
      ? "The body is no JSON."
      : `\`${path === "" ? "body" : path}\`: ${issue?.message ?? "is wrong"}.`;
  throw new GatewayError("malformed_request", message, { message, ...(path === "" ? {} : { param: path }) });
}
