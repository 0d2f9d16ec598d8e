import { mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { StartError, say } from "./say.js";

const pauseMs = 200;
/** A lock without an owner is one whose owner died between the two `mkdir`s. */
const ownerlessMs = 5_000;

/**
 * Runs `work` while no other starter of this folder installs or builds; waits for the other one, however long it takes,
 * as long as its process lives. `work` must look again whether there is still something to do.
 *
 * The lock is the folder `tooling/install.lock` with one empty folder inside, named after the owner's process id. Only
 * `rmdir` takes it away, which never removes a folder that a new owner has already filled: a dead owner's lock can be
 * cleared by several starters at once. Empty folders do not exist for git.
 *
 * @param {string} root
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(root, work) {
  const lock = join(root, "tooling/install.lock");
  const mine = join(lock, String(process.pid));
  for (let said = false; !take(lock, mine); said = true) {
    if (!said) say("another start is installing; waiting for it ...");
    clearDead(lock);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  try {
    await work();
  } finally {
    remove(mine);
    remove(lock);
  }
}

/** @param {string} lock @param {string} mine @returns {boolean} whether the lock is ours now */
function take(lock, mine) {
  try {
    mkdirSync(lock);
    mkdirSync(mine);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") return false;
    throw new StartError(`cannot install into this folder: ${String(error)}`);
  }
}

/** @param {string} lock */
function clearDead(lock) {
  try {
    const owners = readdirSync(lock);
    for (const owner of owners) if (!isAlive(Number(owner))) remove(join(lock, owner));
    if (owners.length > 0 || Date.now() - statSync(lock).mtimeMs > ownerlessMs) remove(lock);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Removes a folder if it is there and empty. @param {string} folder */
function remove(folder) {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
