import { useState } from "preact/hooks";
import { clockOrDay, moment } from "../../format/time.ts";
import { type CoolDownList, endCoolDown } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

type CoolDown = CoolDownList["cooldowns"][number];

const reasons: Readonly<Record<CoolDown["reason"], string>> = {
  "rate-limit": "it limits requests",
  quota: "its account is used up",
  overloaded: "it is overloaded",
  "not-found": "it has no such model",
  auth: "it does not accept the key",
  permission: "it forbids this to the account",
  "used-up": "it has said that nothing is left",
};

/** What is left alone for a time, and can be asked again by hand. */
export function CoolDownTable(props: {
  readonly coolDowns: readonly CoolDown[];
  readonly onEnd: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const end = async (scope: string): Promise<void> => {
    try {
      await endCoolDown(scope);
      setProblem(undefined);
      props.onEnd();
    } catch (thrown) {
      setProblem(asAdminError(thrown).message);
    }
  };
  if (props.coolDowns.length === 0) return <p class="muted card-note">None: every target may be asked.</p>;
  return (
    <>
      <table class="table stacked" aria-labelledby="cool-downs">
        <thead>
          <tr>
            <th scope="col">Target or credential</th>
            <th scope="col">Why</th>
            <th scope="col">Until</th>
            <th scope="col">
              <span class="visually-hidden">By hand</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.coolDowns.map(({ scope, until, reason }) => (
            <tr key={scope}>
              <td data-name="Target or credential">
                <code class="whole">{scope}</code>
              </td>
              <td data-name="Why">{reasons[reason]}</td>
              <td data-name="Until">
                <time dateTime={moment(until)}>{clockOrDay(until, Date.now())}</time>
              </td>
              <td>
                <button
                  type="button"
                  class="button"
                  aria-label={`Ask ${scope} again now`}
                  onClick={() => void end(scope)}
                >
                  Ask again
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {problem === undefined ? null : (
        <p class="bad-text card-note" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
