export { createExpressions } from "./expressions.ts";
