import { useCallback, useState } from "preact/hooks";
import { useMay, useMayOfAll } from "../../caller.ts";
import {
  type CreatedKey,
  type CreatedSigningKey,
  listDeniedTokens,
  listKeys,
  listProjects,
  listSigningKeys,
  type ShownKey,
} from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { LoadState } from "../../parts/load-state.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { CreateKey } from "./create-key.tsx";
import { DeniedTokensSection } from "./denied-tokens-section.tsx";
import { EditKey, RevokeKey, RotateKey } from "./key-dialogs.tsx";
import { type KeyStep, KeyTable } from "./key-table.tsx";
import { SigningKeyDialog } from "./signing-key-dialog.tsx";
import { SigningKeysSection } from "./signing-keys-section.tsx";

/** What was just made, and is shown this once. */
type Created =
  | { readonly kind: "key"; readonly of: CreatedKey }
  | { readonly kind: "signing-key"; readonly of: CreatedSigningKey };

/** The client keys, those that sign for them, and tokens that count no more: who may ask, and for what. */
export function KeysPage() {
  const mayWrite = useMay("keys:write");
  const mayReadProjects = useMay("tenants:read");
  // Tokens are of an issuer, which is no tenant's.
  const mayReadDenied = useMayOfAll("keys:read");
  const load = useCallback(
    async (signal: AbortSignal) => {
      const [{ keys }, { projects }, signing, { denied }] = await Promise.all([
        listKeys({ signal }),
        mayReadProjects ? listProjects({ signal }) : { projects: [] },
        listSigningKeys({ signal }),
        mayReadDenied ? listDeniedTokens({ signal }) : { denied: undefined },
      ]);
      return { keys, projects, signingKeys: signing.keys, denied };
    },
    [mayReadProjects, mayReadDenied],
  );
  const { loaded, reload } = useLoaded(load);
  const [created, setCreated] = useState<Created | undefined>(undefined);
  const [isMaking, setMaking] = useState(false);
  const [step, setStep] = useState<{ readonly of: KeyStep; readonly entry: ShownKey } | undefined>(undefined);
  const show = (made: Created): void => {
    setCreated(made);
    reload();
  };
  const showKey = (of: CreatedKey): void => show({ kind: "key", of });
  return (
    <div class="page">
      <div class="page-head">
        <h1>Keys</h1>
        <p class="muted">What clients send as their API key. Only digests are kept.</p>
      </div>
      {created === undefined ? null : <New {...created} onDone={() => setCreated(undefined)} />}
      <LoadState loaded={loaded} reload={reload}>
        {({ keys, projects, signingKeys, denied }) => (
          <>
            {mayWrite && created === undefined ? <CreateKey projects={projects} onCreated={showKey} /> : null}
            <KeyTable keys={keys} onStep={mayWrite ? (of, entry) => setStep({ of, entry }) : undefined} />
            <SigningKeysSection
              signingKeys={signingKeys}
              keys={keys}
              onMake={mayWrite && keys.some(isLive) ? () => setMaking(true) : undefined}
              onRevoked={mayWrite ? reload : undefined}
            />
            {denied === undefined ? null : (
              <DeniedTokensSection denied={denied} onChanged={mayWrite ? reload : undefined} />
            )}
            {isMaking ? (
              <SigningKeyDialog
                keys={keys.filter(isLive)}
                onClose={() => setMaking(false)}
                onCreated={(of) => (of.secret === null ? reload() : show({ kind: "signing-key", of }))}
              />
            ) : null}
          </>
        )}
      </LoadState>
      {step === undefined ? null : (
        <Step {...step} onClose={() => setStep(undefined)} onDone={reload} onCreated={showKey} />
      )}
    </div>
  );
}

const isLive = ({ revokedAt }: ShownKey): boolean => revokedAt === null;

function New({ onDone, ...created }: Created & { readonly onDone: () => void }) {
  if (created.kind === "key") {
    const { key, entry } = created.of;
    return <ShownOnce title={`Key “${entry.name}”`} secret={key} label="key" onDone={onDone} />;
  }
  const { secret, entry } = created.of;
  return (
    <ShownOnce
      title={`Signing key “${entry.name}”`}
      secret={secret ?? ""}
      label="secret"
      about={
        <>
          Copy it now: it is kept sealed and cannot be shown again. Signatures name it as{" "}
          <code>{entry.id}</code>.
        </>
      }
      onDone={onDone}
    />
  );
}

function Step(props: {
  readonly of: KeyStep;
  readonly entry: ShownKey;
  readonly onClose: () => void;
  readonly onDone: () => void;
  readonly onCreated: (created: CreatedKey) => void;
}) {
  const { of, entry, onClose, onDone, onCreated } = props;
  switch (of) {
    case "edit":
      return <EditKey entry={entry} onClose={onClose} onDone={onDone} />;
    case "rotate":
      return <RotateKey entry={entry} onClose={onClose} onRotated={onCreated} />;
    case "revoke":
      return <RevokeKey entry={entry} onClose={onClose} onDone={onDone} />;
  }
}
