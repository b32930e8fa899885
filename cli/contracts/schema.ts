/** Whether one JSON Schema accepts all that another does, as far as structure can tell; what cannot be told counts as no. */
type Schema = Readonly<Record<string, unknown>>;

/** Keywords without a say in what is accepted. */
const notes = new Set(["$schema", "title", "description", "default", "examples", "$comment", "readOnly", "writeOnly"]);
const known = new Set(
  "type enum const properties required additionalProperties items minItems maxItems minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf pattern format anyOf oneOf propertyNames".split(
    " ",
  ),
);

/** Why `wide` does not accept all that `narrow` accepts, each with its place; none where it does. */
export function differences(wide: Schema, narrow: Schema, place = "the message"): string[] {
  if (JSON.stringify(strip(wide)) === JSON.stringify(strip(narrow))) return [];
  const strange = [...Object.keys(wide), ...Object.keys(narrow)].filter((key) => !known.has(key) && !notes.has(key));
  const [keyword] = strange.filter((key) => JSON.stringify(wide[key]) !== JSON.stringify(narrow[key]));
  if (keyword !== undefined) return [`${place}: ${keyword} is another, and cannot be compared`];
  const choices = alternatives(narrow);
  if (choices) return choices.flatMap((one) => differences(wide, one, place));
  const wider = alternatives(wide);
  if (wider)
    return wider.some((one) => differences(one, narrow, place).length === 0)
      ? []
      : [`${place}: none of the alternatives takes it`];
  return [
    ...types(wide, narrow, place),
    ...values(wide, narrow, place),
    ...bounds(wide, narrow, place),
    ...parts(wide, narrow, place),
  ];
}

function alternatives(schema: Schema): readonly Schema[] | undefined {
  const list = schema.anyOf ?? schema.oneOf;
  return Array.isArray(list) ? (list as readonly Schema[]) : undefined;
}

function types(wide: Schema, narrow: Schema, place: string): string[] {
  if (wide.type === undefined) return [];
  const accepted = new Set([wide.type].flat());
  if (accepted.has("number")) accepted.add("integer");
  const given = narrow.type === undefined ? typesOfValues(narrow) : [narrow.type].flat();
  if (given.length > 0 && given.every((type) => accepted.has(type))) return [];
  return [`${place}: ${[narrow.type ?? "any type"].flat().join(" or ")} is not ${[wide.type].flat().join(" or ")}`];
}

function typesOfValues(schema: Schema): string[] {
  const list = allowed(schema) ?? [];
  return list.map((value) =>
    value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value,
  );
}

/** The values that a schema names one by one. */
function allowed(schema: Schema): readonly unknown[] | undefined {
  if ("const" in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

function values(wide: Schema, narrow: Schema, place: string): string[] {
  const accepted = allowed(wide)?.map((value) => JSON.stringify(value));
  if (!accepted) return [];
  const given = allowed(narrow)?.map((value) => JSON.stringify(value));
  if (!given) return [`${place}: only ${accepted.join(", ")} is taken`];
  const more = given.filter((value) => !accepted.includes(value));
  return more.length > 0 ? [`${place}: ${more.join(", ")} is not taken`] : [];
}

const lower = ["minimum", "exclusiveMinimum", "minLength", "minItems"];
const upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"];
const equal = ["multipleOf", "pattern", "format"];

function bounds(wide: Schema, narrow: Schema, place: string): string[] {
  const found: string[] = [];
  const check = (keyword: string, fits: (limit: number, given: number) => boolean) => {
    const limit = wide[keyword];
    const given = narrow[keyword];
    if (typeof limit === "number" && (typeof given !== "number" || !fits(limit, given)))
      found.push(
        `${place}: ${keyword} ${limit}${typeof given === "number" ? ` instead of ${given}` : ", where there was none"}`,
      );
  };
  for (const keyword of lower) check(keyword, (limit, given) => given >= limit);
  for (const keyword of upper) check(keyword, (limit, given) => given <= limit);
  for (const keyword of equal)
    if (wide[keyword] !== undefined && wide[keyword] !== narrow[keyword])
      found.push(
        `${place}: ${keyword} ${JSON.stringify(wide[keyword])}${narrow[keyword] === undefined ? ", where there was none" : ` instead of ${JSON.stringify(narrow[keyword])}`}`,
      );
  return found;
}

function parts(wide: Schema, narrow: Schema, place: string): string[] {
  const [accepted, given] = [properties(wide), properties(narrow)];
  const at = (name: string) => `${place === "the message" ? "" : `${place}.`}${name}`;
  const found: string[] = [];
  const required = new Set((narrow.required as readonly string[] | undefined) ?? []);
  for (const name of (wide.required as readonly string[] | undefined) ?? [])
    if (!required.has(name)) found.push(`${at(name)}: is required`);
  for (const [name, schema] of Object.entries(given)) {
    const other = accepted[name] ?? wide.additionalProperties;
    if (other === false) found.push(`${at(name)}: is not known`);
    else if (isSchema(other)) found.push(...differences(other, schema, at(name)));
  }
  // A property that only the wide one names could hold anything in what the narrow one leaves open. Who reads it has to
  // live with its absence, but not with another type: senders do not send what their contract does not name.
  if (wide.additionalProperties === false && narrow.additionalProperties !== false && isObject(narrow))
    found.push(`${place}: takes no other fields`);
  if (isSchema(wide.items)) {
    const items = isSchema(narrow.items) ? narrow.items : {};
    if (narrow.type === "array" || isSchema(narrow.items)) found.push(...differences(wide.items, items, `${place}[]`));
  }
  return found;
}

const isObject = (schema: Schema) => schema.type === "object" || schema.properties !== undefined;
const properties = (schema: Schema) => (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Without notes, in one order. */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !notes.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, strip(inner)]),
  );
}
