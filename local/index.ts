/** The local cloud, for whoever runs one in process. */

export { AdminClient } from "./admin-client";
export type { Clock } from "./clock";
export { RealClock, TurnableClock } from "./clock";
export type { LocalCloudOptions, ResourceState } from "./cloud";
export { LocalCloud } from "./cloud";
export type { DeadLetter } from "./dead-letters";
export { LocalCloudError } from "./errors";
export type { FaultPlan } from "./faults";
export { AdminServer, type AdminServerOptions } from "./server";
export type { CloudStats, QueueStats } from "./stats";
