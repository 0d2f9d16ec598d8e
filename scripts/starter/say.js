/** Something the user has to know or do; the starter prints the message and exits 1. */
export class StartError extends Error {}

/**
 * Tells the user what takes long or went wrong. To stderr: stdout belongs to the script that is being started.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`sallyport: ${line}\n`);
}
