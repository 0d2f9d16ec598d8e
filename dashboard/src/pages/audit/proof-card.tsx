import { useState } from "preact/hooks";
import { count } from "../../format/numbers.ts";
import { type AuditFinding, readAuditCheckpoint, verifyAudit } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { useTask } from "../../live/use-task.ts";
import { CodeBlock } from "../../parts/code-block.tsx";
import { Facts } from "../../parts/facts.tsx";
import { TextArea } from "../../parts/fields.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadState } from "../../parts/load-state.tsx";
import { Problem } from "../../parts/problem.tsx";

/** The state of the log, signed; a button that proves it; how somebody else does. */
export function ProofCard() {
  const { loaded, reload } = useLoaded(load);
  const [finding, setFinding] = useState<AuditFinding | undefined>(undefined);
  const [from, setFrom] = useState("");
  const task = useTask();
  const verify = async (): Promise<void> => {
    setFinding(await verifyAudit(from.trim() === "" ? {} : { from: `${from.trim()}\n` }));
    reload();
  };
  return (
    <section class="card proof" aria-labelledby="proof">
      <h2 id="proof">Checkpoint</h2>
      <LoadState loaded={loaded} reload={reload}>
        {({ note, verifier, size, waiting, dropped }) => (
          <>
            <Facts
              facts={[
                ["Records", count(size)],
                ["Not on the disk yet", count(waiting)],
                ["Could not be kept", count(dropped)],
              ]}
            />
            <CodeBlock text={note.trim()} label="checkpoint" />
            <details>
              <summary>Verify it elsewhere, or take it along</summary>
              <p class="muted">On the machine of the gateway; the log is verified by this key:</p>
              <CodeBlock
                label="commands"
                text={`sallyport audit export --out log.txt\nsallyport audit verify log.txt --key '${verifier}'`}
              />
              <TextArea
                label="A checkpoint that you kept"
                hint="the log must go on from it"
                rows={4}
                value={from}
                onValue={setFrom}
              />
            </details>
          </>
        )}
      </LoadState>
      <div class="proof-foot">
        <button
          type="button"
          class="button primary"
          aria-disabled={task.isBusy}
          onClick={() => task.run(verify)}
        >
          <Icon name="check" />
          {task.isBusy ? "Verifying …" : "Verify the log"}
        </button>
        <div role="status" aria-label="Result">
          {finding === undefined ? null : <Finding {...finding} />}
        </div>
      </div>
      <Problem text={task.problem} />
    </section>
  );
}

const load = (signal: AbortSignal) => readAuditCheckpoint({ signal });

function Finding({ intact, size, checkpoints, index, why }: AuditFinding) {
  if (intact)
    return (
      <span class="status good">
        <span class="dot" aria-hidden="true" /> Intact: {count(size)} records, {count(checkpoints)}{" "}
        checkpoints
      </span>
    );
  return (
    <span class="status bad">
      <span class="dot" aria-hidden="true" /> Not intact
      {index === null ? "" : `, from record ${index} on`}: {why}
    </span>
  );
}
