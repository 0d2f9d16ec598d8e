import { isJsonObject, type Json } from "../src/kernel/json.ts";
import { type Directions, readDirection } from "./directions.ts";
import { Refusal } from "./refusal.ts";

/** What the control interface has laid down for a model, perhaps only for its next calls. */
export interface Standing {
  readonly directions: Directions;
  /** Calls it still holds for; `undefined` = until changed. */
  readonly timesLeft: number | undefined;
}

/** The directions that stand for each model. */
export interface StandingDirections {
  readonly put: (model: string, standing: Standing) => void;
  readonly isEmpty: () => boolean;
  readonly remove: (model: string) => void;
  /** What holds for a call of `model` now; counts the call. */
  readonly take: (model: string) => Directions;
  readonly list: () => Readonly<Record<string, Standing>>;
}

export function createStandingDirections(): StandingDirections {
  const byModel = new Map<string, Standing>();
  return {
    put: (model, standing) => void byModel.set(model, standing),
    isEmpty: () => byModel.size === 0,
    remove: (model) => void byModel.delete(model),
    list: () => Object.fromEntries(byModel),
    take: (model) => {
      const standing = byModel.get(model);
      if (!standing) return {};
      const left = standing.timesLeft === undefined ? undefined : standing.timesLeft - 1;
      if (left === 0) byModel.delete(model);
      else byModel.set(model, { ...standing, timesLeft: left });
      return standing.directions;
    },
  };
}

/**
 * Reads the body of `PUT /control/models/{m}`: the members of the header's form, and `times` and `script`.
 *
 * @throws Refusal `invalid` that names what is wrong.
 */
export function readStanding(body: Json | undefined): Standing {
  if (!isJsonObject(body))
    throw new Refusal(
      "invalid",
      'The body must be a JSON object such as {"ttft":800,"fault":"cut-after:3"}.',
    );
  let directions: Directions = {};
  let timesLeft: number | undefined;
  for (const [name, value] of Object.entries(body)) {
    if (name === "times") timesLeft = readTimes(value);
    else if (name === "script") directions = { ...directions, script: readScript(value) };
    else
      directions = {
        ...directions,
        ...readDirection(
          name,
          Array.isArray(value) ? value.join(",") : typeof value === "string" ? value : JSON.stringify(value),
        ),
      };
  }
  return { directions, timesLeft };
}

function readTimes(value: Json): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new Refusal("invalid", '"times" must be a whole number above 0.');
}

function readScript(value: Json): readonly string[] {
  const lines = Array.isArray(value) ? value.filter((line) => typeof line === "string") : [];
  if (lines.length > 0 && Array.isArray(value) && lines.length === value.length) return lines;
  throw new Refusal("invalid", '"script" must be a list of texts.');
}
