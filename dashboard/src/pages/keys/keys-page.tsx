import { useState } from "preact/hooks";
import { type CreatedKey, listKeys } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { CreateKey } from "./create-key.tsx";
import { KeyTable } from "./key-table.tsx";
import { NewKey } from "./new-key.tsx";

/** The client keys: who may ask, and for which models. */
export function KeysPage() {
  const { loaded, reload } = useLoaded(readKeys);
  const [created, setCreated] = useState<CreatedKey | undefined>(undefined);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Keys</h1>
        <p class="muted">What clients send as their API key. Only digests are kept.</p>
      </div>
      {created === undefined ? (
        <CreateKey
          onCreated={(key) => {
            setCreated(key);
            reload();
          }}
        />
      ) : (
        <NewKey created={created} onDone={() => setCreated(undefined)} />
      )}
      {loaded.state === "failed" ? (
        <FailureNote failure={loaded.failure} retry={reload} isStale={false} />
      ) : null}
      {loaded.state === "loading" ? <div class="card table-skeleton" aria-busy="true" /> : null}
      {loaded.state === "ready" ? <KeyTable keys={loaded.data.keys} onRevoked={reload} /> : null}
    </div>
  );
}

const readKeys = (signal: AbortSignal) => listKeys({ signal });
