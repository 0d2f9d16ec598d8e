import { ago, day, moment } from "../../format/time.ts";
import type { ShownKey } from "../../generated/client.ts";
import { Link } from "../../parts/link.tsx";
import { boundsOf, KeyState, liveFirst } from "./key-state.tsx";

/** What can be done to a key. */
export type KeyStep = "edit" | "rotate" | "revoke";

const steps = [
  { value: "edit", name: "Edit" },
  { value: "rotate", name: "Rotate" },
  { value: "revoke", name: "Revoke" },
] as const;

/** The keys, live ones first, the newest of them on top. `onStep` absent: nothing may be done. */
export function KeyTable(props: {
  readonly keys: readonly ShownKey[];
  readonly onStep: ((step: KeyStep, entry: ShownKey) => void) | undefined;
}) {
  const keys = liveFirst(props.keys);
  if (keys.length === 0) {
    return (
      <div class="card empty">
        <h2>There is no key</h2>
        <p class="muted">Without one nobody can ask.</p>
      </div>
    );
  }
  return (
    <div class="card flush">
      <table class="table stacked" aria-label="Keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">May use</th>
            <th scope="col">Stays in</th>
            <th scope="col">Last used</th>
            <th scope="col">State</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} entry={key} onStep={props.onStep} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyRow(props: {
  readonly entry: ShownKey;
  readonly onStep: ((step: KeyStep, entry: ShownKey) => void) | undefined;
}) {
  const { entry: key, onStep } = props;
  return (
    <tr class={key.revokedAt === null ? "" : "faded"} data-key={key.name}>
      <td data-name="Name">
        <div>
          <Link to={`/requests?keyId=${encodeURIComponent(key.id)}`}>{key.name}</Link>
          <div class="muted">
            <code title={key.id}>…{key.hint}</code>
            {ownerOf(key)}
          </div>
        </div>
      </td>
      <td data-name="May use" class="bounds">
        <div>
          {key.models.length === 0 ? "all models" : <code>{key.models.join(", ")}</code>}
          <div class="muted">{boundsOf(key)}</div>
        </div>
      </td>
      <td data-name="Stays in">{key.residency.length === 0 ? "anywhere" : key.residency.join(" or ")}</td>
      <td data-name="Last used" class="whole">
        {key.lastUsedAt === null ? (
          <span class="muted">never</span>
        ) : (
          <time dateTime={moment(key.lastUsedAt)} title={moment(key.lastUsedAt)}>
            {ago(key.lastUsedAt, Date.now())}
          </time>
        )}
      </td>
      <td data-name="State" class="whole">
        <div>
          <KeyState entry={key} />
          <div class="muted" title={moment(key.createdAt)}>
            made {day(key.createdAt)}
          </div>
        </div>
      </td>
      <td class="number">
        {key.revokedAt !== null || onStep === undefined ? null : (
          <span class="row-tools">
            {steps.map(({ value, name }) => (
              <button
                key={value}
                type="button"
                class={`button ${value === "revoke" ? "danger" : ""}`}
                onClick={() => onStep(value, key)}
              >
                {name}
                <span class="visually-hidden"> {key.name}</span>
              </button>
            ))}
          </span>
        )}
      </td>
    </tr>
  );
}

/** Whose it is, as it follows the end of its secret; nothing, if it is as usual. */
function ownerOf({ tenant, project, user }: ShownKey): string {
  const isUsual = tenant === "default" && project === "default";
  return [isUsual ? "" : `${tenant} / ${project}`, user ?? ""]
    .filter((part) => part !== "")
    .map((part) => ` · ${part}`)
    .join("");
}
