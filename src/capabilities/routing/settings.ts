import * as z from "zod";

const poolName = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;
const shortTarget = /^[^/\s]+\/\S+$/;

const target = z.union([
  z
    .string()
    .regex(shortTarget, "must be `provider/model`, for example `openai/gpt-5-mini`")
    .transform((text) => {
      const slash = text.indexOf("/");
      return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
    })
    .describe("Short form: `provider/model`."),
  z.strictObject({
    provider: z.string().min(1).describe("A name from `providers`."),
    model: z.string().min(1).describe("The provider's own name of the model."),
  }),
]);

const targets = z.array(target).min(1).max(20).describe("Tried in this order until one answers.");

const pool = z
  .union([targets.transform((list) => ({ targets: list })), z.strictObject({ targets })])
  .describe("Its targets in the order of failover: the list itself, or `targets` with the list.");

/**
 * The `models` section: names of the gateway's own, each leading to an ordered list of targets.
 * Both short forms (`fast: [openai/gpt-5-mini]`) come out as the long one.
 */
export const routingSettings = z
  .record(
    z
      .string()
      .max(200)
      .regex(
        poolName,
        "must be a name of letters, digits and `. _ : / @ -` that begins with a letter or a digit",
      ),
    pool,
  )
  .default({})
  .describe("Pools: model names of your own, each with targets in the order of failover.");

export type RoutingSettings = z.output<typeof routingSettings>;
