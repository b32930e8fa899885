/** Which sinks take the audit logs: of what was changed, and of what was read and written. */
import { isUnknown, known, valueAt } from "../../known";
import { list } from "../expect";
import type { Fed } from "./log-buckets";
import { type Leaf, lets } from "./log-filters";

const names = ["activity", "data_access"].map((kind) => `cloudaudit.googleapis.com/${kind}`);
const text = (value: string) => value.replaceAll(/%2F/gi, "/").toLowerCase();

/** A log by its name, whatever project it is of; the other fields of an entry may have any value. */
const ofLog =
  (name: string): Leaf =>
  (field, op, value) => {
    const given = text(value);
    if (field === "log_id") return given === name ? "all" : "none";
    if (field === "" && name.startsWith(given.split("/")[0] ?? "")) return "all";
    if (field.toLowerCase() === "protopayload.@type")
      return given.includes("auditlog") === (op !== "!=") ? "all" : "none";
    if (field.toLowerCase() === "severity" && op === ">=" && given === "default") return "all";
    if (field.toLowerCase() !== "logname") return "some";
    if (op === ":") return isPartOf(given, name) ? "all" : "none";
    if (op === "=" || op === "!=") return given.endsWith(`/logs/${name}`) === (op === "=") ? "all" : "none";
    return given.includes("cloudaudit") && !/activity|data_access|system_event|policy/.test(given) ? "all" : "some";
  };

const isPartOf = (part: string, name: string) =>
  `/logs/${name}`.includes(part) || part.endsWith(`/logs/${name}`) || /^\w+\/[^/]+\/?(logs\/?)?$/.test(part);

type Takes = "yes" | "no" | "unknown";

/** All of them, or not all; `_Default` takes what no exclusion of the project leaves out. */
export function takesAudit({ sink, exclusions }: Pick<Fed, "sink" | "exclusions">): Takes {
  const filter = sink ? known(sink.props, "filter") : ({ state: "absent" } as const);
  const own = sink ? known(sink.props, "exclusions") : ({ state: "absent" } as const);
  if (sink && valueAt(sink.props, "disabled") === true) return "no";
  const passes = filter.state === "value" ? String(filter.value) : "";
  if (filter.state !== "unknown" && !names.every((name) => lets(passes, ofLog(name)) === "all")) return "no";
  const excluding = [...list(own.state === "value" ? own.value : []), ...exclusions.map(({ props }) => props)].filter(
    (one) => valueAt(one, "disabled") !== true,
  );
  const isOpen = (one: unknown) => isUnknown(one) || known(one, "filter").state === "unknown";
  const loses = excluding.some(
    (one) => !isOpen(one) && names.some((name) => lets(String(valueAt(one, "filter") ?? ""), ofLog(name)) !== "none"),
  );
  if (loses) return "no";
  return filter.state === "unknown" || own.state === "unknown" || excluding.some(isOpen) ? "unknown" : "yes";
}
