/** Subscriptions to events of Event Grid, and the addresses that they deliver to. */
import { known, valueAt } from "../../known";
import { type Finding, fail, pass, type ResourceView, undetermined } from "../../model";

export const eventSubscriptionTypes = [
  "EventSubscription",
  "TopicEventSubscription",
  "SystemTopicEventSubscription",
  "DomainEventSubscription",
  "DomainTopicEventSubscription",
  "PartnerTopicEventSubscription",
].map((kind) => `azure-native:eventgrid:${kind}`);
export const namespaceSubscription = "azure-native:eventgrid:NamespaceTopicEventSubscription";
export const everySubscription = [...eventSubscriptionTypes, namespaceSubscription];

/** Where each kind of subscription says what it delivers to, with an identity of its own or without. */
const places = ({ type }: ResourceView): readonly string[] =>
  ["destination", "deliveryWithResourceIdentity.destination"].map((path) =>
    type === namespaceSubscription ? `deliveryConfiguration.push.${path}` : path,
  );

/** The path of the address on the web that a subscription delivers to; undefined where it delivers to a resource of Azure. */
const webhook = (resource: ResourceView): string | undefined =>
  places(resource).find((path) => String(valueAt(resource.props, `${path}.endpointType`)).toLowerCase() === "webhook");

/** Event Grid delivers to anything that has an address. */
export function encrypted(resource: ResourceView): Finding | undefined {
  const at = webhook(resource);
  if (at === undefined) return undefined;
  const found = known(resource.props, `${at}.endpointUrl`);
  if (found.state === "unknown") return undetermined(`${at}.endpointUrl is known after deployment only`);
  return found.state === "value" && typeof found.value === "string" && /^https:/i.test(found.value)
    ? pass("events are delivered over TLS")
    : fail(`events are delivered in clear: set ${at}.endpointUrl to https`);
}

/** What it delivers to cannot tell its events from a stranger's, unless they come with a token. */
export function signed(resource: ResourceView): Finding | undefined {
  const at = webhook(resource);
  if (at === undefined) return undefined;
  const path = `${at}.azureActiveDirectoryApplicationIdOrUri`;
  const application = known(resource.props, path);
  if (application.state === "unknown") return undetermined(`${path} is known after deployment only`);
  return application.state === "value" && typeof application.value === "string" && application.value !== ""
    ? pass("it calls with a token for the application that it delivers to")
    : fail(`it calls without saying who it is: set ${path}, and azureActiveDirectoryTenantId`);
}
