/**
 * Event Grid's advanced filters, as "Understand event filtering for Event Grid subscriptions" describes them: all must
 * hold, the values of one are a choice, texts are compared without regard to case, lists match nothing.
 */
import type { EventGridFilter } from "../../../components/filter/event-grid";

type Json = unknown;

/**
 * What the documentation leaves open: whether texts are looked for in numbers (one of its examples does), and whether a
 * field is found by a key that differs in case (its examples write `Data.Key1` and `data.key1`).
 */
export interface Reading {
  readonly numbersAsTexts: boolean;
  readonly keysIgnoreCase: boolean;
}
const narrow: Reading = { numbersAsTexts: false, keysIgnoreCase: false };

export function matchesEventGrid(
  { includedEventTypes, advancedFilters }: Pick<EventGridFilter, "includedEventTypes" | "advancedFilters">,
  event: Readonly<Record<string, Json>>,
  reading = narrow,
): boolean {
  const values = advancedFilters.reduce((total, { values }) => total + Math.max(1, values?.length ?? 1), 0);
  if (values > 25) throw new Error(`Event Grid takes 25 values, not ${values}`);
  if (includedEventTypes.length === 0) throw new Error("a filter without types includes all of them");
  const type = String(event.type).toLowerCase();
  if (!includedEventTypes.some((one) => one.toLowerCase() === type)) return false;
  return advancedFilters.every(({ operatorType, key, values = [], value }) =>
    meets(operatorType, seen(at(event, key, reading), operatorType, reading), values, value),
  );
}

function seen(found: Json, operator: string, { numbersAsTexts }: Reading): Json {
  return numbersAsTexts && operator.startsWith("String") && typeof found === "number" ? String(found) : found;
}

function at(event: Json, path: string, { keysIgnoreCase }: Reading): Json {
  return path.split(".").reduce<Json>((inner, key) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return undefined;
    const names = Object.keys(inner);
    const name = names.find((one) => one === key) ?? names.find((one) => one.toLowerCase() === key.toLowerCase());
    if (name === undefined || (name !== key && !keysIgnoreCase)) return undefined;
    return (inner as Readonly<Record<string, Json>>)[name];
  }, event);
}

function meets(operator: string, found: Json, values: readonly Json[], value: Json): boolean {
  const text = typeof found === "string" ? found.toLowerCase() : undefined;
  if (values.some((one) => typeof one === "string" && (one.length > 512 || one === "")))
    throw new Error("Event Grid takes texts of 1 to 512 characters");
  const texts = values.map((one) => String(one).toLowerCase());
  const number = typeof found === "number" ? found : undefined;
  switch (operator) {
    case "IsNotNull":
      return found !== undefined && found !== null;
    case "IsNullOrUndefined":
      return found === undefined || found === null;
    case "StringIn":
      return text !== undefined && texts.includes(text);
    case "StringBeginsWith":
      return text !== undefined && texts.some((one) => text.startsWith(one));
    case "StringEndsWith":
      return text !== undefined && texts.some((one) => text.endsWith(one));
    case "NumberIn":
      return number !== undefined && values.includes(number);
    case "NumberGreaterThanOrEquals":
      return number !== undefined && number >= Number(value);
    case "NumberLessThanOrEquals":
      return number !== undefined && number <= Number(value);
    case "BoolEquals":
      return found === value;
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}
