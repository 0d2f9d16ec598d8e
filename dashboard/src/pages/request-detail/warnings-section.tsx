import type { Warning } from "../../generated/client.ts";

/** What did not cross the gateway, or crossed it changed. */
export function WarningsSection({ warnings }: { readonly warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <section aria-labelledby="warnings">
      <h3 id="warnings">Warnings</h3>
      <ul class="warnings">
        {warnings.map(({ kind, subject, note }) => (
          <li key={`${kind} ${subject}`}>
            <span class="decision warn">{kind}</span> <code>{subject}</code>{" "}
            <span class="muted">{note ?? ""}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
