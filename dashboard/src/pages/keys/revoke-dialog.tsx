import { useEffect, useRef, useState } from "preact/hooks";
import { revokeKey, type ShownKey } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

/** Asks once more, and revokes the key. */
export function RevokeDialog(props: {
  readonly entry: ShownKey;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const { entry, onClose, onRevoked } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => dialog.current?.showModal(), []);
  const revoke = async (): Promise<void> => {
    try {
      await revokeKey(entry.id);
      onRevoked();
    } catch (thrown) {
      setProblem(asAdminError(thrown).message);
    }
  };
  return (
    <dialog ref={dialog} class="card" aria-labelledby="revoke" onClose={onClose}>
      <h2 id="revoke">Revoke “{entry.name}”?</h2>
      <p>
        Requests with the key that ends in <code>…{entry.hint}</code> are refused from now on. This cannot be
        undone.
      </p>
      {problem === undefined ? null : (
        <p class="bad-text" role="alert">
          {problem}
        </p>
      )}
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" class="button danger solid" onClick={() => void revoke()}>
          Revoke
        </button>
      </div>
    </dialog>
  );
}
