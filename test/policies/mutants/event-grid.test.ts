/** Subscriptions to events of Event Grid, of every kind. */
import { azureStack } from "../support/azure";
import { add, more, set } from "../support/changes";
import { killed } from "../support/mutants";
import { accepted, vague } from "../support/outcomes";
import { unknown } from "../support/stack";

const type = (of: string) => `azure-native:eventgrid:${of}EventSubscription`;
const kinds = ["", "Topic", "SystemTopic", "Domain", "DomainTopic", "PartnerTopic"];
const namespace = type("NamespaceTopic");
const deadLetterDestination = { endpointType: "StorageBlob", resourceId: "/subscriptions/s" };
const kept = { deadLetterWithResourceIdentity: { deadLetterDestination } };
const webhook = (more: object = {}) => ({
  endpointType: "WebHook",
  endpointUrl: "https://shop.example.com/events",
  azureActiveDirectoryApplicationIdOrUri: "api://shop",
  ...more,
});
const clear = webhook({ endpointUrl: "http://shop.example.com/events" });
const unsigned = webhook({ azureActiveDirectoryApplicationIdOrUri: undefined });
const keeping = { deadLetterDestinationWithResourceIdentity: { deadLetterDestination } };
const pushed = (more: object) => ({ deliveryConfiguration: { deliveryMode: "Push", push: { ...keeping, ...more } } });
const fetched = (queue: object) => ({ deliveryConfiguration: { deliveryMode: "Queue", queue } });

describe("mutants of subscriptions to events", () => {
  killed("TLS-01", azureStack, "more", [
    ...kinds.map((of) =>
      more(`an address in clear for ${of}EventSubscription`, type(of), { ...kept, destination: clear }),
    ),
    more("an address in clear, by an identity", type(""), {
      ...kept,
      deliveryWithResourceIdentity: { destination: clear },
    }),
    more("an address in clear that a namespace pushes to", namespace, pushed({ destination: clear })),
    more("no address", type(""), { ...kept, destination: webhook({ endpointUrl: undefined }) }),
  ]);
  killed("IAM-06", azureStack, "more", [
    ...kinds.map((of) => more(`no token for ${of}EventSubscription`, type(of), { ...kept, destination: unsigned })),
    more("no token from a namespace", namespace, pushed({ deliveryWithResourceIdentity: { destination: unsigned } })),
    more("a token for nobody", type(""), {
      ...kept,
      destination: webhook({ azureActiveDirectoryApplicationIdOrUri: "" }),
    }),
  ]);
  killed("RES-03", azureStack, "more", [
    more("events of a namespace that nobody fetches", namespace, fetched({})),
    more(
      "events of a namespace that nobody takes",
      namespace,
      pushed({ ...keeping, deadLetterDestinationWithResourceIdentity: {} }),
    ),
    more("one attempt of a namespace", namespace, fetched({ ...keeping, maxDeliveryCount: 1 })),
    more("nothing said of delivery", namespace, {}),
  ]);
  accepted("IAM-06", azureStack, [
    ["a token for the application", add(type("Topic"), { ...kept, destination: webhook() })],
    ["a token from a namespace", add(namespace, pushed({ destination: webhook() }))],
    ["delivery to a queue", set("events", { destination: { endpointType: "ServiceBusQueue", resourceId: "q" } })],
  ]);
  accepted("RES-03", azureStack, [["dead letters of a namespace that are kept", add(namespace, fetched(keeping))]]);
  vague("RES-03", azureStack, "more", [
    ["how a namespace delivers", add(namespace, { deliveryConfiguration: unknown })],
  ]);
  vague("IAM-06", azureStack, "more", [
    [
      "for which application a token is",
      add(type(""), { ...kept, destination: webhook({ azureActiveDirectoryApplicationIdOrUri: unknown }) }),
    ],
  ]);
});
