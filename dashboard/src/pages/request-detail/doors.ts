import type { StageRecord } from "../../generated/client.ts";

type Door = StageRecord["stage"];

/** What each door of a request does. Who asks is found out before the body is read: `identify` stands first. */
const purposes: Readonly<Record<Door, string>> = {
  identify: "Finds out who asks.",
  decode: "Reads the request.",
  authorize: "Decides whether they may.",
  admit: "Decides whether there is room for it now.",
  assign: "Gives it its variant of experiments.",
  recall: "Looks for a kept answer.",
  plan: "Chooses the upstreams to try.",
  fund: "Reserves the money.",
  attempt: "Asks the upstream.",
  encode: "Writes the answer.",
  settle: "Does the accounts.",
};

/** A door with what was decided there; `records` is empty where the request did not come. */
export interface PassedDoor {
  readonly door: string;
  readonly purpose: string;
  readonly records: readonly StageRecord[];
}

/** Every door in order, with the records of those the request came to. */
export function passedDoors(stages: readonly StageRecord[]): readonly PassedDoor[] {
  return Object.entries(purposes).map(([door, purpose]) => ({
    door,
    purpose,
    records: stages.filter(({ stage }) => stage === door),
  }));
}
