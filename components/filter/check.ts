import type { Filter } from "../../runtime/filter";
import type { CloudName } from "../core/clouds";
import type { Problem } from "../core/errors";

/** Event Grid's limit for the values of a subscription's filters, the least of the clouds'. */
const mostValues = 25;
/** Deeper filters are hard to read and fit no cloud. */
const deepest = 4;
const attributes = ["type", "source", "subject"];
const fieldShape = /^data(\.(?!__proto__)[A-Za-z_][A-Za-z0-9_-]*)+$/;
/** Half of a character beyond the basic plane: it has no form in UTF-8, so the services would compare with another one. */
const halfCharacter = /\p{Surrogate}/u;

export interface FilterUse {
  readonly cloud: CloudName;
  /** Fields of the data that every one of the events carries as attributes. */
  readonly promoted: readonly string[];
}

/** All that is wrong with a filter: SB-C404, and on Google Cloud SB-C402 for a field that does not travel as an attribute. */
export function checkFilter(filter: Filter, { cloud, promoted }: FilterUse): Problem[] {
  const problems: Problem[] = [];
  const refuse = (where: string, fact: string, wayOut: string) =>
    problems.push({ code: "SB-C404", fact: `${where} ${fact}`, wayOut });
  let values = 0;

  const visit = (part: unknown, where: string, depth: number): void => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) {
      refuse(where, "is no condition", 'write it like { field: "data.total", min: 100 }');
      return;
    }
    if (depth > deepest) {
      refuse(where, `is nested more than ${deepest} deep`, "write it flatter");
      return;
    }
    const group = "all" in part ? "all" : "any" in part ? "any" : undefined;
    if (group) {
      const parts = (part as Readonly<Record<string, unknown>>)[group];
      if (!Array.isArray(parts) || parts.length === 0 || Object.keys(part).length > 1)
        refuse(`${where}.${group}`, "is no list of conditions by itself", "give at least one, and nothing beside it");
      else for (const [index, inner] of parts.entries()) visit(inner, `${where}.${group}[${index}]`, depth + 1);
      return;
    }
    condition(part as Readonly<Record<string, unknown>>, where);
  };

  const condition = (part: Readonly<Record<string, unknown>>, where: string): void => {
    const { field, ...rest } = part;
    if (typeof field !== "string" || (!attributes.includes(field) && !fieldShape.test(field))) {
      refuse(where, `names the field ${JSON.stringify(field)}`, "name type, source, subject or data.<path>");
      return;
    }
    const tests = Object.keys(rest).sort().join(" and ");
    if (!["in", "notIn", "prefix", "suffix", "exists", "min", "max", "max and min"].includes(tests)) {
      refuse(
        where,
        `asks ${tests || "nothing"} of ${field}`,
        "ask one of in, notIn, prefix, suffix, exists, min and max",
      );
      return;
    }
    values += operands(rest, where);
    if (cloud === "gcp" && field.startsWith("data.") && !promoted.includes(field.slice(5))) {
      const path = field.slice(5);
      const fact = `${where} is about ${field}, and Pub/Sub filters by attributes only`;
      const wayOut = `add promote: [${JSON.stringify(path)}] to the definition of every event that is subscribed to`;
      problems.push({ code: "SB-C402", fact, wayOut });
    }
  };

  const operands = (rest: Readonly<Record<string, unknown>>, where: string): number => {
    const texts = Object.values(rest)
      .flat()
      .filter((operand) => typeof operand === "string");
    if (texts.some((text) => halfCharacter.test(text)))
      refuse(where, "compares with half a character (a surrogate by itself)", "give whole characters");
    const list = rest.in ?? rest.notIn;
    if (list !== undefined) {
      if (Array.isArray(list) && list.length > 0 && list.every(isScalar)) return list.length;
      refuse(where, "has no list of texts, numbers or booleans", "give at least one value");
    } else if ("exists" in rest) {
      if (typeof rest.exists !== "boolean")
        refuse(where, "says exists without true or false", "set it to true or false");
    } else if ("prefix" in rest || "suffix" in rest) {
      const text = rest.prefix ?? rest.suffix;
      if (typeof text !== "string" || text === "")
        refuse(where, "compares with no text", "give at least one character");
    } else {
      const bounds = [rest.min, rest.max].filter((bound) => bound !== undefined);
      if (bounds.length === 0 || !bounds.every((bound) => typeof bound === "number" && Number.isFinite(bound)))
        refuse(where, "has a bound that is no number", "give finite numbers");
      else if (Number(rest.min) > Number(rest.max))
        refuse(where, `has min ${rest.min} above max ${rest.max}`, "exchange them");
    }
    return 1;
  };

  visit(filter, "filter", 1);
  if (values > mostValues)
    refuse(
      "filter",
      `compares with ${values} values, and Event Grid takes ${mostValues}`,
      "subscribe twice, or filter in the handler",
    );
  return problems;
}

function isScalar(value: unknown): boolean {
  return (
    typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
  );
}
