import { useState } from "preact/hooks";
import { day, moment } from "../../format/time.ts";
import type { ShownKey } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";

/** The keys, live ones first, the newest of them on top. */
export function KeyTable(props: { readonly keys: readonly ShownKey[]; readonly onRevoked: () => void }) {
  const [leaving, setLeaving] = useState<ShownKey | undefined>(undefined);
  const keys = props.keys.toSorted(
    (a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || b.createdAt - a.createdAt,
  );
  if (keys.length === 0) {
    return (
      <div class="card empty">
        <h2>There is no key</h2>
        <p class="muted">Without one nobody can ask. Create the first above.</p>
      </div>
    );
  }
  return (
    <div class="card flush">
      <table class="table stacked" aria-label="Keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Models</th>
            <th scope="col">Stays in</th>
            <th scope="col">Created</th>
            <th scope="col">State</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} class={key.revokedAt === null ? "" : "faded"}>
              <td data-name="Name">
                <Link to={`/requests?keyId=${encodeURIComponent(key.id)}`}>{key.name}</Link>
              </td>
              <td data-name="Key" class="whole">
                <code title={key.id}>…{key.hint}</code>
              </td>
              <td data-name="Models">
                {key.models.length === 0 ? "all" : <code>{key.models.join(", ")}</code>}
              </td>
              <td data-name="Stays in">
                {key.residency.length === 0 ? "anywhere" : key.residency.join(" or ")}
              </td>
              <td data-name="Created" class="whole" title={moment(key.createdAt)}>
                {day(key.createdAt)}
              </td>
              <td data-name="State" class="whole">
                {key.revokedAt === null ? (
                  <span class="status good">
                    <span class="dot" aria-hidden="true" /> live
                  </span>
                ) : (
                  <span class="status calm" title={moment(key.revokedAt)}>
                    <span class="dot" aria-hidden="true" /> revoked {day(key.revokedAt)}
                  </span>
                )}
              </td>
              <td class="number">
                {key.revokedAt === null ? (
                  <button type="button" class="button danger" onClick={() => setLeaving(key)}>
                    Revoke<span class="visually-hidden"> {key.name}</span>
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {leaving === undefined ? null : (
        <RevokeDialog
          entry={leaving}
          onClose={() => setLeaving(undefined)}
          onRevoked={() => {
            setLeaving(undefined);
            props.onRevoked();
          }}
        />
      )}
    </div>
  );
}
