import { day, moment } from "../../format/time.ts";
import type { ShownOperator } from "../../generated/client.ts";

/** What can be done to somebody. */
export type OperatorStep = "edit" | "token" | "remove";

const steps = [
  { value: "edit", name: "Edit" },
  { value: "token", name: "New token" },
  { value: "remove", name: "Remove" },
] as const;

/** Everybody who may be seen. `onStep` absent: nothing may be done. */
export function OperatorTable(props: {
  readonly operators: readonly ShownOperator[];
  readonly onStep: ((step: OperatorStep, operator: ShownOperator) => void) | undefined;
}) {
  const { operators, onStep } = props;
  if (operators.length === 0)
    return (
      <div class="card empty">
        <h2>Nobody yet</h2>
        <p class="muted">So far the link and the admin token alone open this gate; both are an owner's.</p>
      </div>
    );
  return (
    <div class="card flush">
      <table class="table stacked" aria-label="People">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Of</th>
            <th scope="col">Signs in by</th>
            <th scope="col">State</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {operators.map((operator) => (
            <tr key={operator.id} data-operator={operator.name}>
              <td data-name="Name">
                <div>
                  {operator.name}
                  <div class="muted" title={moment(operator.createdAt)}>
                    since {day(operator.createdAt)}
                  </div>
                </div>
              </td>
              <td data-name="Role">{operator.role}</td>
              <td data-name="Of">
                {operator.tenant === undefined
                  ? "the whole gateway"
                  : [operator.tenant, operator.project].filter((part) => part !== undefined).join(" / ")}
              </td>
              <td data-name="Signs in by">{waysOf(operator)}</td>
              <td data-name="State" class="whole">
                <OperatorState {...operator} />
              </td>
              <td class="number">
                {onStep === undefined ? null : (
                  <span class="row-tools">
                    {steps.map(({ value, name }) => (
                      <button
                        key={value}
                        type="button"
                        class={`button ${value === "remove" ? "danger" : ""}`}
                        onClick={() => onStep(value, operator)}
                      >
                        {name}
                        <span class="visually-hidden"> {operator.name}</span>
                      </button>
                    ))}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function waysOf({ hasPassword, tokenHint }: ShownOperator): string {
  const ways = [hasPassword ? "password" : "", tokenHint === null ? "" : `token …${tokenHint}`];
  return ways.filter((way) => way !== "").join(", ") || "nothing yet";
}

function OperatorState({ isDisabled, expiresAt }: ShownOperator) {
  const isOver = expiresAt !== null && expiresAt <= Date.now();
  const word = expiresAt === null ? "live" : `${isOver ? "expired" : "until"} ${day(expiresAt)}`;
  return (
    <span class={`status ${isDisabled || isOver ? "bad" : "good"}`}>
      <span class="dot" aria-hidden="true" /> {isDisabled ? "disabled" : word}
    </span>
  );
}
