/** Definitions in JSON or YAML that stand in a property as text: state machines, workflows, descriptions of APIs. */
import { load } from "js-yaml";

/**
 * Reads by js-yaml, which takes about as long as the text is long, whatever is in it; the library that reads the project's own
 * files tells lines and columns, and takes minutes for some texts. Throws where the text is neither JSON nor YAML.
 */
export function readDefinition(text: string): unknown {
  return /^\s*[[{]/.test(text) ? json(text) : load(text);
}

/** YAML may begin with a bracket as well. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return load(text);
  }
}
