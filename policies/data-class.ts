import { isObject, valueAt } from "./known";
import { component, type DataClass, dataClasses, type ResourceView } from "./model";

/** The tag or label that carries a stack's data class. */
const tagName = "data-class";
const tagProperties = ["tags", "labels", "userLabels"];

export function asDataClass(value: unknown): DataClass | undefined {
  return dataClasses.find((known) => known === value);
}

/** What the resources say of their data class: the foundation's registered one, else the strictest tag or label. */
export function dataClassOf(resources: readonly ResourceView[]): DataClass | undefined {
  const founded = resources
    .filter(({ type }) => type === component("Foundation"))
    .map(({ props }) => asDataClass(valueAt(props, "dataClass")));
  return strictest(founded) ?? strictest(resources.filter(({ custom }) => custom).map(tagged));
}

function tagged({ props }: ResourceView): DataClass | undefined {
  for (const property of tagProperties) {
    const tags = valueAt(props, property);
    const found = isObject(tags) ? asDataClass(tags[tagName]) : undefined;
    if (found) return found;
  }
  return undefined;
}

function strictest(found: readonly (DataClass | undefined)[]): DataClass | undefined {
  return dataClasses.findLast((dataClass) => found.includes(dataClass));
}
