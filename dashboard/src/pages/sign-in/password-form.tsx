import { useState } from "preact/hooks";
import { useTask } from "../../live/use-task.ts";
import { TextField } from "../../parts/fields.tsx";
import { Problem } from "../../parts/problem.tsx";

/** The way in for those whom somebody has made: a name and its password. */
export function PasswordForm(props: {
  readonly enterAs: (who: { readonly name: string; readonly password: string }) => Promise<void>;
}) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const task = useTask();
  return (
    <form
      class="password-form"
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault();
        task.run(() => props.enterAs({ name: name.trim(), password }));
      }}
    >
      <TextField label="Name" required autocomplete="username" value={name} onValue={setName} />
      <TextField
        label="Password"
        type="password"
        required
        autocomplete="current-password"
        value={password}
        onValue={setPassword}
      />
      <Problem text={task.problem} />
      <button type="submit" class="button primary" aria-disabled={task.isBusy}>
        Sign in
      </button>
    </form>
  );
}
