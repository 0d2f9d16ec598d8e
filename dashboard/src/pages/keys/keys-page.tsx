import { useCallback, useState } from "preact/hooks";
import { useMay } from "../../caller.ts";
import { type CreatedKey, listKeys, listProjects, type ShownKey } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { LoadState } from "../../parts/load-state.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { CreateKey } from "./create-key.tsx";
import { EditKey, RevokeKey, RotateKey } from "./key-dialogs.tsx";
import { type KeyStep, KeyTable } from "./key-table.tsx";

/** The client keys: who may ask, and for what. */
export function KeysPage() {
  const mayWrite = useMay("keys:write");
  const mayReadProjects = useMay("tenants:read");
  const load = useCallback(
    async (signal: AbortSignal) => {
      const [{ keys }, { projects }] = await Promise.all([
        listKeys({ signal }),
        mayReadProjects ? listProjects({ signal }) : { projects: [] },
      ]);
      return { keys, projects };
    },
    [mayReadProjects],
  );
  const { loaded, reload } = useLoaded(load);
  const [created, setCreated] = useState<CreatedKey | undefined>(undefined);
  const [step, setStep] = useState<{ readonly of: KeyStep; readonly entry: ShownKey } | undefined>(undefined);
  const show = (key: CreatedKey): void => {
    setCreated(key);
    reload();
  };
  return (
    <div class="page">
      <div class="page-head">
        <h1>Keys</h1>
        <p class="muted">What clients send as their API key. Only digests are kept.</p>
      </div>
      {created === undefined ? null : (
        <ShownOnce
          title={`Key “${created.entry.name}”`}
          secret={created.key}
          label="key"
          onDone={() => setCreated(undefined)}
        />
      )}
      <LoadState loaded={loaded} reload={reload}>
        {({ keys, projects }) => (
          <>
            {mayWrite && created === undefined ? <CreateKey projects={projects} onCreated={show} /> : null}
            <KeyTable keys={keys} onStep={mayWrite ? (of, entry) => setStep({ of, entry }) : undefined} />
          </>
        )}
      </LoadState>
      {step === undefined ? null : (
        <Step {...step} onClose={() => setStep(undefined)} onDone={reload} onCreated={show} />
      )}
    </div>
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
