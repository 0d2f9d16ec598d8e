import * as z from "zod";

const name = z.string().min(1).max(200);
const globs = z.array(name).min(1).max(100);
const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,99}$/,
    "must be of small letters, digits, `.`, `_` and `-`, like `no-anonymous`",
  );
const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be the name of a header, in small letters");
/** They say where a message ends, whose connection it is, and who asks. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["authorization", "proxy-authorization", "x-api-key", "cookie", "set-cookie"],
]);
const editableHeader = headerName.refine(
  (header) => !ownHeaders.has(header) && !header.startsWith("x-sallyport-"),
  "is the gateway's own",
);
const text = z
  .string()
  .max(4096)
  .refine((value) => /^[\t\x20-\x7e\u0080-\u00ff]*$/.test(value), "must be text that a header may hold");

const edit = z.union([
  z.strictObject({ setHeader: z.strictObject({ name: editableHeader, value: text }) }),
  z.strictObject({ removeHeader: editableHeader }),
  z.strictObject({ setQuery: z.strictObject({ name, value: text }) }),
  z.strictObject({ removeQuery: name }),
  z.strictObject({ setModel: name }),
  z.strictObject({ maxTokens: z.int().min(1).max(10_000_000) }),
]);

const constraints = z
  .strictObject({
    regions: z
      .exactOptional(globs)
      .describe("Zones, in one of which it must be: `eu`, `de`, `eu-central-1`."),
    providers: z.exactOptional(globs).describe("Globs of providers, or of services."),
    models: z.exactOptional(globs).describe("Globs of models, as their provider names them."),
    maxCostNanoUsd: z
      .exactOptional(z.int().min(0))
      .describe("The most that the request may cost there, 10^-9 US dollars."),
    minQuality: z.exactOptional(z.number().min(0).max(1)).describe("As known of the target."),
    pinTo: z.exactOptional(name).describe("`provider/model`, or a provider."),
  })
  .refine((value) => Object.keys(value).length > 0, "says nothing");

const action = z.union([
  z
    .strictObject({
      deny: z.strictObject({
        hide: z
          .exactOptional(z.boolean())
          .describe("Whether the refusal looks as if there were no such route or model."),
      }),
    })
    .describe("Refuses, and ends the evaluation."),
  z.strictObject({ allow: z.strictObject({}) }).describe("Lets it pass, and ends the evaluation."),
  z.strictObject({ transform: z.array(edit).min(1).max(50) }).describe("Changes it."),
  z.strictObject({ route: constraints }).describe("Narrows where it may go, at every try."),
  z
    .strictObject({
      limit: z.strictObject({
        use: name.describe("The id of a limit."),
        cost: z
          .exactOptional(z.number().min(0).max(1_000_000))
          .describe(
            "What it costs there, in the unit of the limit; if nothing is said, what it usually does.",
          ),
      }),
    })
    .describe("Charges one more limit, by its id."),
  z.strictObject({ requireApproval: z.unknown() }).describe("Not built yet: it is refused."),
]);

/** One policy, in a file or in a call of the admin API. */
export const policySettings = z
  .strictObject({
    id: id.describe("Its name for good, unlike all others."),
    name: z.exactOptional(name).describe("What it is called."),
    priority: z.int().min(-1000).max(1000).default(0).describe("Higher is asked first."),
    mode: z
      .enum(["enforce", "shadow", "off"])
      .default("enforce")
      .describe("`shadow` records what it would have done, and does nothing."),
    phase: z
      .enum(["request", "target", "response"])
      .default("request")
      .describe(
        "`target` is asked of every target that a request might be sent to; `response` of what it answers.",
      ),
    when: z
      .string()
      .min(1)
      .max(8192)
      .describe(
        "The condition, in CEL or with the words `and`, `or`, `not`, `not in`: `auth_required and not authenticated`.",
      ),
    do: action.describe("What is done where it holds."),
    reason: z.exactOptional(z.string().min(1).max(1000)).describe("Told to who is refused."),
    onError: z
      .exactOptional(z.enum(["deny", "skip"]))
      .describe(
        "What a condition does that cannot be told; if nothing is said, `deny` for `deny` and `limit`, else `skip`.",
      ),
    scope: z
      .exactOptional(
        z.strictObject({
          tenants: z.exactOptional(globs).describe("Globs of tenants."),
          routes: z.exactOptional(globs).describe("Globs of routes, by their name."),
          protocols: z
            .exactOptional(globs)
            .describe("`ai`, `raw`, `realtime`, `rest`, `grpc`, `graphql`, `websocket`."),
        }),
      )
      .describe("For whom it is; if nothing is said, for all."),
    validFrom: z.exactOptional(z.int().min(0)).describe("ms since 1970."),
    validUntil: z.exactOptional(z.int().min(0)).describe("ms since 1970; not any more then."),
  })
  .describe("A rule: when it holds, and what is done then.");

/** The `policies` section: in the order of their priority, whatever their order here. */
export const policiesSettings = z
  .array(policySettings)
  .max(1000)
  .default([])
  .describe("Rules that decide who may do what, where it may go, and what is changed.");

/** The `policy` section. */
export const policyRulesSettings = z
  .strictObject({
    default: z
      .enum(["allow", "deny"])
      .default("allow")
      .describe(
        "What is done where no policy denies or allows. Keys and their scopes have been asked before.",
      ),
    lists: z
      .record(z.string().regex(/^[a-z0-9_-]{1,100}$/), z.array(z.string().max(1000)).max(1_000_000))
      .default({})
      .describe('Lists that conditions ask with `inList("name", value)`.'),
  })
  .describe("How policies are asked.");

export type PolicyRulesSettings = z.output<typeof policyRulesSettings>;
