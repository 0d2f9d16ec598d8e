import * as z from "zod";
import type { Balance } from "../../exchange/target.ts";

const balances = [
  "predicted",
  "peak-ewma",
  "p2c",
  "least-request",
  "round-robin",
  "random",
  "consistent-hash",
  "maglev",
] as const satisfies readonly Balance[];

const endpoint = z.strictObject({
  baseUrl: z.string().max(2048).describe("As the `baseUrl` in whose place it stands."),
  name: z
    .exactOptional(
      z
        .string()
        .max(100)
        .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, "must be letters, digits and `. _ : -`"),
    )
    .describe("What it is called in records, metrics and the admin API; by default its host and port."),
  weight: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe("Its share beside the others; 0 takes no new calls."),
  region: z
    .exactOptional(z.string().regex(/^[a-z0-9-]{1,40}$/, "must be a region's name, like `eu-central-1`"))
    .describe("Where it stands, if not where the `region` of the whole says."),
});

const status = /^[1-5][0-9]{2}(-[1-5][0-9]{2})?$/;

const health = z
  .strictObject({
    path: z
      .exactOptional(
        z
          .string()
          .max(1000)
          .regex(/^\/[\x21-\x7e]*$/, "must be a path that begins with `/`"),
      )
      .describe("What is asked with GET at each endpoint: its whole path. Not beside `models`."),
    models: z
      .exactOptional(z.literal(true))
      .describe("`true`: the list of models is asked for, which costs nothing; of providers only."),
    everyMs: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(10_000)
      .describe(
        "Between two checks of an endpoint, give or take a tenth; 1 s in the first minute of a sickness.",
      ),
    timeoutMs: z.int().min(10).max(60_000).default(2000).describe("After which a check has failed."),
    healthy: z
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe("Checks in a row after which it counts as well again."),
    unhealthy: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe("Failed checks in a row after which it gets no calls."),
    expect: z
      .string()
      .regex(status, "must be a status or a span of statuses, like `200-299`")
      .default("200-299")
      .describe("The statuses that are taken for well."),
  })
  .describe(
    "Looks after each endpoint, beside the calls: on connections of its own, and in no figures of traffic.",
  );

/** What a provider or a service with several addresses says of them: fields of both sections. */
export const endpointFields = {
  endpoints: z
    .exactOptional(z.array(endpoint).min(1).max(256))
    .describe(
      "Several addresses, in the place of `baseUrl`: replicas, or regions of one deployment. They speak the same, with the same credential and at the same prices; calls are shared among them.",
    ),
  balance: z
    .exactOptional(z.enum(balances))
    .describe(
      "How calls are shared among `endpoints`; `predicted` when it is left out: where an answer will be done first, by what each endpoint has in flight and has shown.",
    ),
  hashOn: z
    .exactOptional(z.enum(["conversation", "key"]))
    .describe(
      "What `consistent-hash` and `maglev` keep at one endpoint: a conversation (its first words and instructions), which is the default, or a client key; where no conversation can be told, as with services, a client key.",
    ),
  health: z.exactOptional(health),
} as const;

export type EndpointSettings = z.output<typeof endpoint>;
export type HealthSettings = z.output<typeof health>;
