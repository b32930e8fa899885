import { normalise } from "../types";
import { auditFixes } from "./audit";
import { keyEncryptionFixes } from "./encryption-keys";
import { settingsEncryptionFixes } from "./encryption-settings";
import { storeEncryptionFixes } from "./encryption-stores";
import { codesFor, type Fixes } from "./fix";
import { iamFixes } from "./iam";
import { permissionFixes } from "./iam-permissions";
import { trustFixes } from "./iam-trust";
import { loggingFixes } from "./logging";
import { networkFixes } from "./network";
import { render } from "./render";
import { resilienceFixes } from "./resilience";
import { transportFixes } from "./transport";

export { classOf, isStatement, variable } from "./render";

export const fixes: Fixes = {
  ...storeEncryptionFixes,
  ...settingsEncryptionFixes,
  ...keyEncryptionFixes,
  ...transportFixes,
  ...iamFixes,
  ...permissionFixes,
  ...trustFixes,
  ...auditFixes,
  ...loggingFixes,
  ...resilienceFixes,
  ...networkFixes,
};

/**
 * The lines that mend what a verdict says of a resource; none where no code of a few lines does, and the control's own words
 * must. A class is the one that the program names, under whichever version it does.
 */
export function fixOf(control: string, urn: string, message: string): readonly string[] {
  const [, , types = "", ...names] = urn.split("::");
  const type = types.split("$").pop() ?? "";
  return render(type, names.join("::"), codesFor(fixes[control]?.[normalise(type)], message));
}
