import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { backToPage } from "../live/back-to-page.ts";
import { useTask } from "../live/use-task.ts";
import { Problem } from "./problem.tsx";

/** Asks once more, or for what is needed, and does it; stays open with the reason where that fails. */
export function AskDialog(props: {
  readonly title: string;
  /** On the button that does it. */
  readonly action: string;
  /** On the button that does not. */
  readonly keep?: string;
  readonly isDanger?: boolean;
  readonly isWide?: boolean;
  readonly work: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, action, keep = "Cancel", isDanger = false, isWide = false, work, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const task = useTask();
  useEffect(() => {
    dialog.current?.showModal();
    return backToPage;
  }, []);
  return (
    <dialog ref={dialog} class={`card ask ${isWide ? "wide" : ""}`} aria-labelledby={id} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          task.run(async () => {
            await work();
            dialog.current?.close();
          });
        }}
      >
        <h2 id={id}>{title}</h2>
        {props.children}
        <Problem text={task.problem} />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {keep}
          </button>
          <button
            type="submit"
            class={`button ${isDanger ? "danger solid" : "primary"}`}
            aria-disabled={task.isBusy}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
