/** A file as it is known, whichever bucket holds what came of it. */
export interface Medium {
  /** The object's key in the bucket of uploads. */
  readonly key: string;
  readonly bytes: number;
  /** By its first bytes. */
  readonly kind: "image" | "video" | "text" | "unknown";
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly status: "present" | "deleted";
  /** Of the newest change that is known: an older one that comes late changes nothing. */
  readonly sequencer: string;
}

/** One line of the index: media by kind. */
export interface IndexEntry {
  readonly kind: string;
  readonly key: string;
  readonly bytes: number;
  readonly status: "present" | "deleted";
}
