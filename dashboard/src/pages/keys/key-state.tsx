import { day, moment } from "../../format/time.ts";
import type { ShownKey } from "../../generated/client.ts";

type Ends = Pick<ShownKey, "revokedAt" | "expiresAt">;

/** Live ones first, the newest of them on top. */
export const liveFirst = <Key extends Pick<ShownKey, "revokedAt" | "createdAt">>(
  keys: readonly Key[],
): readonly Key[] =>
  keys.toSorted(
    (a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || b.createdAt - a.createdAt,
  );

/** Whether a key is valid, until when, and whether its last secret still is. */
export function KeyState({ entry }: { readonly entry: ShownKey }) {
  const { mood, word, exact } = stateOf(entry, Date.now());
  return (
    <>
      <span class={`status ${mood}`} title={exact}>
        <span class="dot" aria-hidden="true" /> {word}
      </span>
      {entry.previous === null || entry.revokedAt !== null ? null : (
        <div class="muted">
          old secret {entry.previous.until === null ? "valid too" : `until ${day(entry.previous.until)}`}
        </div>
      )}
    </>
  );
}

/** The state of a key in a word. */
export function stateOf({ revokedAt, expiresAt }: Ends, now: number) {
  if (revokedAt !== null)
    return { mood: "calm", word: `revoked ${day(revokedAt)}`, exact: moment(revokedAt) };
  if (expiresAt === null) return { mood: "good", word: "live", exact: "It does not expire." };
  if (expiresAt <= now) return { mood: "bad", word: `expired ${day(expiresAt)}`, exact: moment(expiresAt) };
  return { mood: "good", word: `until ${day(expiresAt)}`, exact: moment(expiresAt) };
}

/** What a key is bound to besides models and zones, in one line; nothing if to nothing. */
export function boundsOf({ scope, networks, priority, labels }: ShownKey): string {
  const parts = [
    scope.lanes.length === 0 ? "" : `lanes ${scope.lanes.join(", ")}`,
    scope.routes.length === 0 ? "" : `routes ${scope.routes.join(", ")}`,
    scope.methods.join(", "),
    scope.tools.length === 0 ? "" : `tools ${scope.tools.join(", ")}`,
    networks.length === 0 ? "" : `from ${networks.join(", ")}`,
    priority ?? "",
    ...Object.entries(labels).map(([name, value]) => (value === "" ? name : `${name}=${value}`)),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
