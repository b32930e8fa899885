import * as pulumi from "@pulumi/pulumi";
import type { LocalResources } from "../../local/resources";

/** One property of a resource, as an input. */
type Inputs<Type extends keyof LocalResources> = {
  [Key in keyof LocalResources[Type]]: pulumi.Input<LocalResources[Type][Key]>;
};

/** A resource of the local cloud: what `local/resources.ts` describes, as Pulumi sees it. */
export class LocalResource<Type extends keyof LocalResources> extends pulumi.CustomResource {
  /** Where an `Api` answers; undefined on every other type. */
  declare readonly url: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;

  constructor(type: Type, name: string, inputs: Inputs<Type>, opts: pulumi.CustomResourceOptions) {
    super(`localcloud:index:${type}`, name, { ...(type === "Api" ? { url: undefined } : {}), ...inputs }, opts);
  }
}
