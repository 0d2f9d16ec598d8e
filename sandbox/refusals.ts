import { ContextTooLong } from "./answers/compose.ts";
import type { Ask } from "./ask.ts";
import type { Directions } from "./directions.ts";
import { type Fault, faultOf } from "./faults.ts";
import type { NamedModel, SandboxModel } from "./models.ts";
import { Refusal } from "./refusal.ts";

/**
 * Plays the faults that are an error answer.
 *
 * @throws Refusal for each of them.
 */
export function refuseByFault(
  faults: readonly Fault[],
  ask: Ask,
  { named, directions, blocksInAnswer }: Refusing,
): void {
  const status = faultOf(faults, "status")?.status;
  if (status !== undefined) throw refusalFor(status, directions.retryAfter);
  if (faultOf(faults, "context-length")) throw tooLong(ask, named.model);
  if (faultOf(faults, "content-policy") && !blocksInAnswer) {
    throw new Refusal("content-policy", "Your request was rejected by the safety system of the sandbox.");
  }
  if (!ask.isStream && faultOf(faults, "error-in-stream")) throw refusalFor(500, undefined);
}

interface Refusing {
  readonly named: NamedModel;
  readonly directions: Directions;
  /** A prompt that is refused on policy is answered, not refused. */
  readonly blocksInAnswer: boolean;
}

function tooLong(ask: Ask, model: SandboxModel): Refusal {
  const input = ask.prompt.reduce((sum, unit) => sum + unit.tokens, model.contextTokens);
  return new ContextTooLong({ limit: model.contextTokens, input, output: ask.outputLimit ?? 0 });
}

function refusalFor(status: number, retryAfter: number | undefined): Refusal {
  const seconds = retryAfter ?? (status === 429 || status === 503 || status === 529 ? 1 : 0);
  const facts = seconds > 0 ? { status, retryAfterSeconds: seconds } : { status };
  if (status === 429)
    return new Refusal(
      "rate-limit",
      "Rate limit reached in the sandbox, as asked for. Please try again later.",
      facts,
    );
  if (status === 503 || status === 529)
    return new Refusal("overloaded", "The sandbox is overloaded, as asked for.", facts);
  if (status >= 500) return new Refusal("server", "The sandbox failed, as asked for.", facts);
  if (status === 401)
    return new Refusal("unauthenticated", "The sandbox does not accept the key, as asked for.", facts);
  if (status === 403) return new Refusal("permission", "The sandbox forbids this, as asked for.", facts);
  if (status === 404) return new Refusal("not-found", "The sandbox does not find this, as asked for.", facts);
  return new Refusal("invalid", "The sandbox rejects this, as asked for.", facts);
}

/** The refusal of a model's name that is none of ours. */
export function unknownModel(asked: string): Refusal {
  const message = `The model \`${asked}\` does not exist or you do not have access to it.`;
  return new Refusal("model-not-found", message, { param: asked });
}

/** The refusal of a model that cannot do what is asked of it. */
export function unfitModel(asked: string, wanted: "words" | "vectors"): Refusal {
  const message =
    wanted === "vectors"
      ? `The model \`${asked}\` makes no embeddings.`
      : `The model \`${asked}\` makes embeddings and no answers.`;
  return new Refusal("unfit-model", message, { param: asked });
}
