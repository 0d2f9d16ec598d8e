export { createSchemaChecker } from "./schema-checker.ts";
