import { useState } from "preact/hooks";
import { day, moment } from "../../format/time.ts";
import { revokeSigningKey, type ShownKey, type ShownSigningKey } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { liveFirst, stateOf } from "./key-state.tsx";

/** The keys by which requests are signed. `onMake`, `onRevoked` absent: nothing may be done. */
export function SigningKeysSection(props: {
  readonly signingKeys: readonly ShownSigningKey[];
  readonly keys: readonly ShownKey[];
  readonly onMake: (() => void) | undefined;
  readonly onRevoked: (() => void) | undefined;
}) {
  const { keys, onMake, onRevoked } = props;
  const [asked, setAsked] = useState<ShownSigningKey | undefined>(undefined);
  const nameOf = (id: string): string => keys.find((key) => key.id === id)?.name ?? id;
  return (
    <section class="card flush" aria-labelledby="signing-keys">
      <div class="card-head">
        <h2 id="signing-keys">
          Signing keys <span class="muted">prove a request; each may do what its client key may</span>
        </h2>
        {onMake === undefined ? null : (
          <button type="button" class="button" onClick={onMake}>
            <Icon name="plus" />
            Make a signing key
          </button>
        )}
      </div>
      {props.signingKeys.length === 0 ? (
        <p class="muted card-note">
          None yet. A request need not be signed, unless the configuration says so.
        </p>
      ) : (
        <table class="table stacked" aria-labelledby="signing-keys">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">
                <code>keyid</code>
              </th>
              <th scope="col">Signs by</th>
              <th scope="col">Stands for</th>
              <th scope="col">State</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {liveFirst(props.signingKeys).map((key) => (
              <tr
                key={key.id}
                data-signing-key={key.name}
                class={key.revokedAt === null ? undefined : "faded"}
              >
                <td data-name="Name">{key.name}</td>
                <td data-name="keyid">
                  <code>{key.id}</code>
                </td>
                <td data-name="Signs by" class="whole">
                  {key.algorithm}
                </td>
                <td data-name="Stands for">{nameOf(key.clientKeyId)}</td>
                <td data-name="State" class="whole">
                  <SigningKeyState {...key} />
                </td>
                <td class="number">
                  {onRevoked === undefined || key.revokedAt !== null ? null : (
                    <button type="button" class="button danger" onClick={() => setAsked(key)}>
                      Revoke<span class="visually-hidden"> the signing key {key.name}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {asked === undefined || onRevoked === undefined ? null : (
        <AskDialog
          title={`Revoke the signing key “${asked.name}”?`}
          action="Revoke"
          keep="Keep it"
          isDanger
          work={() => revokeSigningKey(asked.id).then(onRevoked)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            Requests that <code>{asked.id}</code> signs are refused from now on. This cannot be undone.
          </p>
        </AskDialog>
      )}
    </section>
  );
}

function SigningKeyState(key: ShownSigningKey) {
  const { mood, word, exact } = stateOf(key, Date.now());
  return (
    <div>
      <span class={`status ${mood}`} title={exact}>
        <span class="dot" aria-hidden="true" /> {word}
      </span>
      <div class="muted" title={moment(key.createdAt)}>
        made {day(key.createdAt)}
      </div>
    </div>
  );
}
