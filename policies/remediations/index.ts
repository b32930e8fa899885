import type { Control, Settings } from "../model";
import { normalise } from "../types";
import { audit } from "./audit";
import { keys } from "./keys";
import { publicAccess } from "./public-access";
import { recovery } from "./recovery";
import { type Remediation, remedy } from "./remediation";
import { retention } from "./retention";
import { transport } from "./transport";
import { versions } from "./versions";

export type { Remediation } from "./remediation";

export const remediations: readonly Remediation[] = [
  ...recovery,
  ...versions,
  ...publicAccess,
  ...retention,
  ...audit,
  ...transport,
  ...keys,
];

type Properties = Record<string, unknown>;

/**
 * Brings a resource's properties to what a control demands, in place, as far as that is safe. Undefined where nothing was
 * changed: what comes back goes through the engine whole, and its SDK forgets what archives hold.
 */
export function remediate(
  { id }: Control,
  type: string,
  props: Properties,
  settings: Settings = {},
): Properties | undefined {
  const own = remediations.filter((one) => one.control === id && one.types.includes(normalise(type)));
  // All of them: one may need what another has set.
  const changed = own.map((one) => remedy(props, one, settings));
  return changed.includes(true) ? props : undefined;
}
