import { useState } from "preact/hooks";
import { clockOrDay, moment } from "../../format/time.ts";
import { allowToken, type DeniedToken, denyToken } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import { Icon } from "../../parts/icon.tsx";

type Asked = { readonly kind: "deny" } | { readonly kind: "allow"; readonly of: DeniedToken };

/** Tokens of issuers that count no more. `onChanged` absent: nothing may be done. */
export function DeniedTokensSection(props: {
  readonly denied: readonly DeniedToken[];
  readonly onChanged: (() => void) | undefined;
}) {
  const { denied, onChanged } = props;
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  return (
    <section class="card flush" aria-labelledby="denied-tokens">
      <div class="card-head">
        <h2 id="denied-tokens">
          Denied tokens <span class="muted">of an issuer; they count no more though they are not over</span>
        </h2>
        {onChanged === undefined ? null : (
          <button type="button" class="button" onClick={() => setAsked({ kind: "deny" })}>
            <Icon name="plus" />
            Deny a token
          </button>
        )}
      </div>
      {denied.length === 0 ? (
        <p class="muted card-note">None. A denial goes when its token would have ended.</p>
      ) : (
        <table class="table stacked" aria-labelledby="denied-tokens">
          <thead>
            <tr>
              <th scope="col">Token</th>
              <th scope="col">Issuer</th>
              <th scope="col">Reason</th>
              <th scope="col">Denied</th>
              <th scope="col">Until</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {denied
              .toSorted((a, b) => b.deniedAt - a.deniedAt)
              .map((token) => (
                <tr key={token.id} data-denied={token.jti}>
                  <td data-name="Token" class="told">
                    <code>{token.jti}</code>
                  </td>
                  <td data-name="Issuer" class="told">
                    {token.issuer}
                  </td>
                  <td data-name="Reason" class="told">
                    {token.reason}
                  </td>
                  <td data-name="Denied" class="whole">
                    <At at={token.deniedAt} />
                  </td>
                  <td data-name="Until" class="whole">
                    <At at={token.until} />
                  </td>
                  <td class="number">
                    {onChanged === undefined ? null : (
                      <button
                        type="button"
                        class="button"
                        onClick={() => setAsked({ kind: "allow", of: token })}
                      >
                        Lift<span class="visually-hidden"> the denial of {token.jti}</span>
                      </button>
                    )}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
      {asked?.kind === "deny" && onChanged !== undefined ? (
        <DenyDialog onClose={close} onDone={onChanged} />
      ) : null}
      {asked?.kind === "allow" && onChanged !== undefined ? (
        <AskDialog
          title="Lift this denial?"
          action="Lift it"
          work={() => allowToken(asked.of.id).then(onChanged)}
          onClose={close}
        >
          <p>
            The token <code>{asked.of.jti}</code> counts again from the next request on, until it ends by
            itself.
          </p>
        </AskDialog>
      ) : null}
    </section>
  );
}

const At = ({ at }: { readonly at: number }) => (
  <time dateTime={moment(at)} title={moment(at)}>
    {clockOrDay(at, Date.now())}
  </time>
);

function DenyDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [draft, setDraft] = useState({ issuer: "", jti: "", reason: "" });
  const line = (name: keyof typeof draft) => ({
    value: draft[name],
    onValue: (text: string) => setDraft({ ...draft, [name]: text }),
  });
  const deny = (): Promise<unknown> =>
    denyToken({
      issuer: draft.issuer.trim(),
      jti: draft.jti.trim(),
      ...(draft.reason.trim() === "" ? {} : { reason: draft.reason.trim() }),
    });
  return (
    <AskDialog
      title="Deny a token"
      action="Deny it"
      isDanger
      isWide
      work={() => deny().then(onDone)}
      onClose={onClose}
    >
      <p class="muted">From now on, and for a day: no token lives longer. What it has open ends.</p>
      <div class="field-grid">
        <TextField
          label="Issuer"
          hint="its iss"
          required
          maxLength={2048}
          placeholder="https://login.example.com/"
          {...line("issuer")}
        />
        <TextField label="Token id" hint="its jti" required maxLength={500} {...line("jti")} />
        <TextField label="Reason" hint="for the record" maxLength={500} {...line("reason")} />
      </div>
    </AskDialog>
  );
}
