import type { Warning } from "../../generated/client.ts";

/** For warnings that say no more than their kind. */
const meanings: Readonly<Record<Warning["kind"], string>> = {
  dropped: "left out: the other side has no word for it",
  clamped: "brought within what the other side takes",
  changed: "said in another way",
  emulated: "done by the gateway in the provider's place",
  healed: "the provider refuses it, so it was not sent",
  defaulted: "the provider demands what was not given",
  "continuity-lost": "state of an earlier turn could not be given back",
  unpriced: "no price is known",
  unmetered: "what it consumed cannot be read",
};

/** What did not cross the gateway, or crossed it changed. */
export function WarningsSection({ warnings }: { readonly warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <section aria-labelledby="warnings">
      <h3 id="warnings">Warnings</h3>
      <ul class="warnings">
        {warnings.map(({ kind, subject, note }, index) => (
          <li key={index}>
            <span class="decision warn" title={meanings[kind]}>
              {kind}
            </span>{" "}
            <code>{subject}</code> <span class="muted">{note ?? meanings[kind]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
