import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { openSigningKeys } from "../../src/gateway/signing-keys.ts";
import { signatureCrypto } from "../../src/platform/request-signature/index.ts";
import { openInstallation } from "../../src/platform/secrets/index.ts";
import { lockDirectory, openDocumentStore } from "../../src/platform/sqlite/index.ts";
import { systemClock, systemRandom } from "../../src/platform/system/index.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "rotated-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function withKeys<Found>(
  act: (keys: Awaited<ReturnType<typeof openSigningKeys>>) => Promise<Found> | Found,
) {
  const documents = openDocumentStore({ directory });
  try {
    return await act(
      await openSigningKeys({
        documents,
        vault: openInstallation(directory, {}).vault,
        crypto: signatureCrypto,
        clock: systemClock,
        random: systemRandom(),
        isClientKey: () => true,
      }),
    );
  } finally {
    await documents.close();
  }
}

async function command(...args: readonly string[]) {
  let [told, failed] = ["", ""];
  const code = await run([...args, "--data-dir", directory], {
    stdout: (text) => {
      told += text;
    },
    stderr: (text) => {
      failed += text;
    },
    env: {},
    cwd: directory,
  });
  return { code, told, failed };
}

it("`secrets rotate` puts signing keys under another key, and not while a gateway runs", async () => {
  const wanted = { name: "partner", algorithm: "hmac-sha256", clientKeyId: "key_1" } as const;
  const { entry } = await withKeys(({ control }) => control.create(wanted));
  const [kek, pepper] = [readFileSync(join(directory, "kek")), readFileSync(join(directory, "pepper"))];
  const lock = lockDirectory(directory);
  expect(await command("secrets", "rotate")).toMatchObject({
    code: 1,
    failed: expect.stringContaining("Stop it"),
  });
  lock.release();
  expect(readFileSync(join(directory, "kek"))).toEqual(kek);
  const { code, told } = await command("secrets", "rotate", "--json");
  expect({ code, ...JSON.parse(told) }).toMatchObject({ code: 0, rewrapped: 1 });
  expect(readFileSync(join(directory, "kek"))).not.toEqual(kek);
  expect(readFileSync(join(directory, "pepper"))).toEqual(pepper);
  expect(await withKeys((keys) => keys.find(entry.id, systemClock.now())?.entry.name)).toBe("partner");
});

it("the command says what else it cannot be told", async () => {
  expect((await command("secrets", "rotat")).failed).toContain("did you mean `rotate`");
});
