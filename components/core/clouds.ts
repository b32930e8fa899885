/** The clouds a stack can choose with `serverless-blueprints:cloud`. `local` is embedded and needs no account. */
export const cloudNames = ["aws", "azure", "gcp", "local"] as const;
export type CloudName = (typeof cloudNames)[number];

/** The clouds that portability is about: a value is portable when each of these accepts it. */
export const portableClouds = ["aws", "azure", "gcp"] as const satisfies readonly CloudName[];
