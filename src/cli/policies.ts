import { components } from "../admin/schemas.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { meant, readOptions, UsageError } from "./options.ts";
import { printSimulation } from "./print-simulation.ts";
import { readPolicies } from "./read-policies.ts";
import type { World } from "./world.ts";

/** `sallyport policies`: through the running gateway. */
export async function policies(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = readOptions(args, commandLines.policies);
  const [action = "list", operand] = positionals;
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const print = (data: unknown, text: string): 0 => {
    world.stdout(values.json === true ? `${JSON.stringify(data)}\n` : text);
    return 0;
  };
  const stateNow = async () => components.PoliciesState.parse(await client.call("GET", "/policies"));
  switch (action) {
    case "list": {
      const state = await stateNow();
      return print(state, printPolicies(state));
    }
    case "preview": {
      const wanted = { policies: readPolicies(values.policies, world) };
      const told = components.PolicyPreview.parse(await client.call("POST", "/policies:preview", wanted));
      print(told, printPreview(told));
      return told.problems.length === 0 ? 0 : 1;
    }
    case "commit": {
      const wanted = { policies: readPolicies(values.policies, world) };
      const { revision } = await stateNow();
      const headers = { "if-match": `"${revision}"` };
      const state = components.PoliciesState.parse(
        await client.call("POST", "/policies:commit", wanted, headers),
      );
      return print(state, `In force as revision ${state.revision}.\n`);
    }
    case "rollback": {
      const revision = Number(operand);
      if (operand === undefined || !Number.isSafeInteger(revision))
        throw new UsageError("to which revision? `sallyport policies rollback REVISION`");
      const state = components.PoliciesState.parse(
        await client.call("POST", "/policies:rollback", { revision }),
      );
      return print(
        state,
        `The policies of revision ${revision} are in force as revision ${state.revision}.\n`,
      );
    }
    default:
      throw new UsageError(
        `there is no action \`${action}\`${meant(action, ["list", "preview", "commit", "rollback"])}`,
      );
  }
}

type State = ReturnType<typeof components.PoliciesState.parse>;
type Preview = ReturnType<typeof components.PolicyPreview.parse>;

function printPolicies({ revision, fallback, policies: all }: State): string {
  const lines = all.map(
    ({ policy, from, hits, denies, errors, shadowDenies }) =>
      `${policy.id} (${policy.mode}, ${policy.phase}, ${policy.priority}, ${from}): ${policy.when}\n` +
      `    held ${hits}, denied ${denies}, would have denied ${shadowDenies}, could not be told ${errors}`,
  );
  return `Revision ${revision}; where none decides: ${fallback}.\n${lines.map((line) => `${line}\n`).join("")}`;
}

function printPreview({ problems, conflicts, effect }: Preview): string {
  const wrong = problems.map(
    ({ id, field, message, at }) =>
      `${id}: \`${field}\`${at === undefined ? "" : ` at character ${at}`}: ${message}\n`,
  );
  const told = conflicts.map(({ policy, message }) => `${policy}: ${message}\n`);
  return `${[...wrong, ...told].join("")}${effect === null ? "" : printSimulation(effect)}`;
}
