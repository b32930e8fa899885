/** True of code that stands by itself; other code is arguments of the resource. */
export const isStatement = (code: string): boolean => /^(new |\/\/)/.test(code);

/** Codes for a resource, a line each; arguments go into one statement, unless two set the same property. */
export function render(type: string, name: string, codes: readonly string[]): readonly string[] {
  const placed = codes.map((code) =>
    code.replaceAll("$.", `${variable(name)}.`).replaceAll('"$-', () => `${JSON.stringify(name).slice(0, -1)}-`),
  );
  const own = together(placed.filter((code) => !isStatement(code))).map(
    (members) => `new ${classOf(type)}(${JSON.stringify(name)}, { …, ${members} })`,
  );
  return [...own, ...placed.filter(isStatement)].flatMap((text) => text.split("\n"));
}

/** Joins members of an object where no property would stand twice in it. */
function together(codes: readonly string[]): readonly string[] {
  const groups: { readonly names: Set<string>; readonly codes: string[] }[] = [];
  for (const code of codes) {
    const names = propertiesOf(code);
    const free = groups.find((group) => names.every((name) => !group.names.has(name)));
    if (free) {
      free.codes.push(code);
      for (const name of names) free.names.add(name);
    } else groups.push({ names: new Set(names), codes: [code] });
  }
  return groups.map((group) => group.codes.join(", "));
}

/** The names of members, and of none of what they hold. */
function propertiesOf(members: string): readonly string[] {
  let outer = members.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "");
  for (let inner = ""; inner !== outer; ) {
    inner = outer;
    outer = inner.replace(/[([{][^()[\]{}]*[)\]}]/g, "");
  }
  return [...outer.matchAll(/(\w+):/g)].map(([, name = ""]) => name);
}

const sdks: Readonly<Record<string, string>> = { aws: "aws", "azure-native": "azure", gcp: "gcp" };

/**
 * `aws:sqs/queue:Queue` as the SDK for Node.js has it: `aws.sqs.Queue`. An API version of Azure's stands in the module, or
 * is a package of its own: `azure-native_keyvault_v20230701:keyvault:Key`.
 */
export function classOf(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  const [service, version = ""] = module.split("/");
  const path = /^v\d{8}/.test(version) ? [service, version] : [service];
  return [sdks[provider] ?? provider.replaceAll("-", "_"), ...path, name].join(".");
}

/** A resource's name as a variable: `orders-dlq` becomes `ordersDlq`. */
export function variable(name: string): string {
  const camel = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
  return /^[A-Za-z]/.test(camel) ? camel : `resource${camel}`;
}
