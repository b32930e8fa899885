/** What becomes of events that Event Grid cannot deliver. */
import { known } from "../../known";
import { type Finding, fail, pass, type ResourceView, undetermined } from "../../model";
import { type Demand, demands } from "../demands";

const kept = "what cannot be delivered is kept";

/** A place for dead letters, at any of some paths. */
function buried({ props }: ResourceView, paths: readonly string[]): Finding {
  const places = paths.map((path) => known(props, path));
  if (places.some(({ state }) => state === "value")) return pass(kept);
  return places.some(({ state }) => state === "unknown")
    ? undetermined("where dead letters go is known after deployment only")
    : fail(`what cannot be delivered is gone: set ${paths[paths.length - 1]}`);
}

const attempts = (path: string): Demand => ({
  path,
  accepts: (value) => value === undefined || (typeof value === "number" && value >= 2),
  unmet: `an event is given up after the first failure: set ${path} to 2 or more`,
});

export const eventSubscription = (resource: ResourceView): Finding[] => [
  buriedSomewhere(resource),
  ...demands(resource.props, "it is delivered more than once", [
    attempts("retryPolicy.maxDeliveryAttempts"),
    {
      path: "retryPolicy.eventTimeToLiveInMinutes",
      accepts: (value) => value === undefined || (typeof value === "number" && value >= 60),
      unmet: "an outage of an hour loses events: set retryPolicy.eventTimeToLiveInMinutes to 60 or more",
    },
  ]),
];

const buriedSomewhere = (resource: ResourceView): Finding =>
  buried(resource, ["deadLetterDestination", "deadLetterWithResourceIdentity.deadLetterDestination"]);

/** A namespace pushes events, or keeps them until they are fetched; either way what nobody takes is dropped by default. */
export function namespaceDelivery(resource: ResourceView): Finding[] {
  const mode = known(resource.props, "deliveryConfiguration.deliveryMode");
  if (mode.state === "unknown") return [undetermined("how events are delivered is known after deployment only")];
  const at = `deliveryConfiguration.${mode.state === "value" && /^push$/i.test(String(mode.value)) ? "push" : "queue"}`;
  return [
    buried(resource, [`${at}.deadLetterDestinationWithResourceIdentity.deadLetterDestination`]),
    ...demands(resource.props, "it is delivered more than once", [attempts(`${at}.maxDeliveryCount`)]),
  ];
}
