/** The first generation of Cloud Run has settings in annotations, whose names hold dots. */
import { isObject, isUnknown, type Known } from "../../known";

export function annotation(of: Known, name: string): Known {
  if (of.state !== "value") return of;
  if (!isObject(of.value) || !Object.hasOwn(of.value, name)) return { state: "absent" };
  const value = of.value[name];
  return isUnknown(value) ? { state: "unknown" } : { state: "value", value };
}
