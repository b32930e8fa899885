import { isUnknown, known, valueAt } from "../../known";
import type { ResourceView, StackView } from "../../model";

export const siteTypes = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];
const isSlot = ({ type }: ResourceView): boolean => type.endsWith("Slot");

/** A web app that runs functions; `kind` is a list such as `functionapp,linux`. An unknown kind is held to be one. */
export function isFunctionApp({ props }: ResourceView): boolean {
  const kind = known(props, "kind");
  return (
    kind.state === "unknown" || (kind.state === "value" && String(kind.value).toLowerCase().includes("functionapp"))
  );
}

const sites = (one: ResourceView, property: string, stack: StackView) =>
  stack.dependencies(one, property).filter(({ type }) => siteTypes.includes(type));

/** The same text by both, in whatever case. */
function sameText(one: ResourceView, other: ResourceView, property: string): boolean {
  const [a, b] = [valueAt(one.props, property), valueAt(other.props, property)];
  return typeof a === "string" && typeof b === "string" && a !== "" && a.toLowerCase() === b.toLowerCase();
}

/** True of what names the same app: by its name, or by where that comes from. */
export function sameApp(one: ResourceView, other: ResourceView, stack: StackView): boolean {
  if (sameText(one, other, "name")) return true;
  const [from, to] = [one, other].map((each) =>
    [each, ...sites(each, "name", stack)].filter(({ type }) => !/Slot$/.test(type)),
  );
  return (from ?? []).some((app) => app.type === siteTypes[0] && (to ?? []).includes(app));
}

/** Settings of an app that stand beside it, such as `WebAppAuthSettingsV2`; of a slot those whose type ends in `Slot`. */
export function besideSite(app: ResourceView, kind: string, stack: StackView): readonly ResourceView[] {
  const slot = isSlot(app);
  return stack.ofType(`azure-native:web:${kind}${slot ? "Slot" : ""}`).filter((one) => {
    if (["name", "slot"].some((property) => sites(one, property, stack).includes(app))) return true;
    return slot ? sameText(one, app, "slot") && sameApp(one, app, stack) : sameText(one, app, "name");
  });
}

/** True where it may be this app's too, for all that is known. */
export function vagueBeside(app: ResourceView, kind: string, stack: StackView): boolean {
  return stack
    .ofType(`azure-native:web:${kind}${isSlot(app) ? "Slot" : ""}`)
    .some((one) => isUnknown(one.props.name) && sites(one, "name", stack).length === 0);
}
