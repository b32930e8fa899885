import { known } from "../known";
import type { ResourceView } from "../model";

/** A web app that runs functions; `kind` is a list such as `functionapp,linux`. An unknown kind is held to be one. */
export function isFunctionApp({ props }: ResourceView): boolean {
  const kind = known(props, "kind");
  return (
    kind.state === "unknown" || (kind.state === "value" && String(kind.value).toLowerCase().includes("functionapp"))
  );
}
