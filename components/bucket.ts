import type * as pulumi from "@pulumi/pulumi";
import type { ObjectReader, ObjectReadWriter, ObjectWriter } from "../runtime/clients";
import type { Realizer } from "./core/cloud";
import type { Transforms } from "./core/escape";
import { type Grant, grant } from "./core/grant";
import { Pattern } from "./core/pattern";
import { foundation } from "./foundation";
import { bucketLimits } from "./limits/bucket";

declare module "./core/cloud" {
  interface Cloud {
    readonly bucket: Realizer<Pattern<"Bucket">, BucketSpec, BucketOutputs>;
  }
}

export interface BucketArgs {
  /** Days after which an object is deleted. Default: never. Portable 1 to 3,650. */
  readonly expireAfter?: number;
  /** Days for which a deleted or overwritten object can be brought back. Default 7, portable 7 to 90. */
  readonly restoreWithin?: number;
  /** What to do with a value that the cloud does not accept. Default `refuse`. */
  readonly outOfRange?: "refuse" | "clamp";
  readonly transform?: Transforms<"Bucket">;
}

/** The defaults, once. */
export const bucketDefaults = { restoreWithin: 7, outOfRange: "refuse" } as const;

export interface BucketSpec {
  /** Undefined: never. */
  readonly expireAfterDays: number | undefined;
  readonly restoreWithinDays: number;
  readonly transform: Transforms<"Bucket"> | undefined;
}

export interface BucketOutputs {
  /** The bucket's native name: S3 bucket, blob container (`account/container`), Cloud Storage bucket. */
  readonly bucket: pulumi.Output<string>;
}

/** Objects by key: private, encrypted, versioned, with nothing that opens them to the public. */
export class Bucket extends Pattern<"Bucket"> {
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("Bucket", name, opts);
    const given = { ...bucketDefaults, ...args };
    const asked = { expireAfter: given.expireAfter, restoreWithin: given.restoreWithin };
    const { values, rows } = this.admit(bucketLimits, asked, given.outOfRange);
    foundation();
    const spec: BucketSpec = {
      expireAfterDays: values.expireAfter,
      restoreWithinDays: values.restoreWithin,
      transform: args.transform,
    };
    this.bucket = this.realize(this.site.realization.bucket, spec, rows).bucket;
  }

  /** May read and list objects. */
  reader(): Grant<ObjectReader> {
    return grant(this, "bucket", "reader", ["getObject", "listObjects"]);
  }

  /** May write and delete objects. A handler of this bucket's own changes may not: SB-C801. */
  writer(): Grant<ObjectWriter> {
    return grant(this, "bucket", "writer", ["putObject", "deleteObject"]);
  }

  /** May read, list, write and delete objects. */
  readWriter(): Grant<ObjectReadWriter> {
    return grant(this, "bucket", "readWriter", ["getObject", "listObjects", "putObject", "deleteObject"]);
  }
}
