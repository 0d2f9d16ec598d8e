/** What a command may touch. `main.ts` gives the real one. */
export interface World {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The file that was started, where a command may begin its process anew; absent inside another program. */
  readonly program?: string | undefined;
}
