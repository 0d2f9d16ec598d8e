import { node } from "./tools.ts";

/** Which `.proto` files become which TypeScript; folders from the root. */
export const protoFolders: readonly { readonly from: string; readonly to: string }[] = [
  { from: "proto", to: "src/platform/protobuf/generated" },
  { from: "test/support/proto", to: "test/support/generated" },
];

/** Writes the TypeScript of the `.proto` files of one folder. No network is asked. Whether it went well. */
export function writeCode(from: string, to: string): Promise<boolean> {
  const template = {
    version: "v2",
    plugins: [
      {
        local: [process.execPath, "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es"],
        out: ".",
        opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
      },
    ],
  };
  return node("@bufbuild/buf/bin/buf", [
    "generate",
    from,
    "--template",
    JSON.stringify(template),
    "--output",
    to,
  ]);
}
