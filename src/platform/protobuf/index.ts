export { createMessageForms } from "./message-forms.ts";
