import { useState } from "preact/hooks";
import { type CreatedSigningKey, createSigningKey, type ShownKey } from "../../generated/client.ts";
import { AskDialog } from "../../parts/ask-dialog.tsx";
import { Choice, TextArea, TextField } from "../../parts/fields.tsx";
import { algorithms, isPair, type SigningKeyDraft, wantedSigningKeyOf } from "./signing-key-draft.ts";

/** Makes a signing key for one of `keys`, of which there is at least one. */
export function SigningKeyDialog(props: {
  readonly keys: readonly ShownKey[];
  readonly onClose: () => void;
  readonly onCreated: (created: CreatedSigningKey) => void;
}) {
  const { keys, onClose, onCreated } = props;
  const [draft, setDraft] = useState<SigningKeyDraft>({
    name: "",
    algorithm: "hmac-sha256",
    clientKeyId: keys[0]?.id ?? "",
    publicKey: "",
    expires: "",
  });
  return (
    <AskDialog
      title="Make a signing key"
      action="Make it"
      isWide
      work={() => createSigningKey(wantedSigningKeyOf(draft)).then(onCreated)}
      onClose={onClose}
    >
      <div class="field-grid">
        <TextField
          label="Name"
          required
          maxLength={100}
          pattern=".*\S.*"
          placeholder="billing"
          value={draft.name}
          onValue={(name) => setDraft({ ...draft, name })}
        />
        <Choice
          label="Stands for"
          value={draft.clientKeyId}
          choices={keys.map(({ id, name, hint }) => ({ value: id, name: `${name} (…${hint})` }))}
          onValue={(clientKeyId) => setDraft({ ...draft, clientKeyId })}
        />
        <Choice
          label="Signs by"
          value={draft.algorithm}
          choices={algorithms}
          onValue={(algorithm) => setDraft({ ...draft, algorithm })}
        />
        <TextField
          label="Expires"
          hint="empty: with its key"
          type="date"
          value={draft.expires}
          onValue={(expires) => setDraft({ ...draft, expires })}
        />
      </div>
      {isPair(draft) ? (
        <TextArea
          label="Public key"
          hint="PEM; the private one stays with whoever signs"
          rows={5}
          required
          maxLength={4096}
          placeholder={"-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----"}
          value={draft.publicKey}
          onValue={(publicKey) => setDraft({ ...draft, publicKey })}
        />
      ) : (
        <p class="muted">The gateway makes a secret, and shows it once.</p>
      )}
    </AskDialog>
  );
}
