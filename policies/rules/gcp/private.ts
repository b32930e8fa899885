import { isUnknown, type Known, known } from "../../known";
import { type Finding, fail, pass, type ResourceView, type StackRule, undetermined } from "../../model";
import { list } from "../expect";
import { annotation } from "./annotations";

/** Where a workload says who may call it and what goes through the network. */
interface Workload {
  readonly ingress?: string;
  readonly egress: string;
  /** Any of these puts it into a network. */
  readonly network: readonly string[];
}

const access = (path: string) => ({
  egress: `${path}.vpcAccess.egress`,
  network: [`${path}.vpcAccess.connector`, `${path}.vpcAccess.networkInterfaces`],
});
const workloads: Readonly<Record<string, Workload>> = {
  "gcp:cloudfunctionsv2/function:Function": {
    ingress: "serviceConfig.ingressSettings",
    egress: "serviceConfig.vpcConnectorEgressSettings",
    network: ["serviceConfig.vpcConnector"],
  },
  "gcp:cloudfunctions/function:Function": {
    ingress: "ingressSettings",
    egress: "vpcConnectorEgressSettings",
    network: ["vpcConnector"],
  },
  "gcp:cloudrunv2/service:Service": { ingress: "ingress", ...access("template") },
  "gcp:cloudrunv2/job:Job": access("template.template"),
  "gcp:cloudrunv2/workerPool:WorkerPool": access("template"),
};
export const privateWorkloads = Object.keys(workloads);

const internal = [
  "ALLOW_INTERNAL_ONLY",
  "ALLOW_INTERNAL_AND_GCLB",
  "INGRESS_TRAFFIC_INTERNAL_ONLY",
  "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
  "internal",
  "internal-and-cloud-load-balancing",
];
const everything = ["ALL_TRAFFIC", "VPC_EGRESS_ALL_TRAFFIC", "all-traffic"];

export function privateWorkload(resource: ResourceView): readonly Finding[] {
  const { props, type } = resource;
  const at = workloads[type];
  if (!at) return [];
  const direct =
    type.startsWith("gcp:cloudfunctionsv2/") && known(props, "serviceConfig.directVpcEgress").state !== "absent";
  const egress = direct ? "serviceConfig.directVpcEgress" : at.egress;
  const network = direct ? ["serviceConfig.directVpcNetworkInterfaces"] : at.network;
  return [
    ...(at.ingress === undefined ? [] : [callers(known(props, at.ingress), at.ingress)]),
    sends(known(props, egress), egress),
    stands(
      network.map((path) => known(props, path)),
      network.join(" or "),
    ),
  ];
}

function callers(ingress: Known, path: string): Finding {
  if (ingress.state === "unknown") return undetermined(`${path} is known after deployment only`);
  return ingress.state === "value" && internal.includes(String(ingress.value))
    ? pass("it is off the internet")
    : fail(`it is on the internet: set ${path} to internal traffic only`);
}

function sends(egress: Known, path: string): Finding {
  if (egress.state === "unknown") return undetermined(`${path} is known after deployment only`);
  return egress.state === "value" && everything.includes(String(egress.value))
    ? pass("all that it sends goes through the network")
    : fail(`what it sends may go past the network: set ${path} to all traffic`);
}

/** An unknown name is the name of a network: nothing else goes there. */
function stands(networks: readonly Known[], paths: string): Finding {
  const set = networks.some(
    (one) =>
      one.state === "unknown" ||
      (one.state === "value" && one.value !== "" && (!Array.isArray(one.value) || one.value.length > 0)),
  );
  return set ? pass("it stands in a network") : fail(`it stands in no network: set ${paths}`);
}

/** Version 1 of Cloud Run says the same by annotations, whose names hold dots. */
export function privateKnative({ props }: ResourceView): readonly Finding[] {
  const outer = known(props, "metadata.annotations");
  const inner = known(props, "template.metadata.annotations");
  const names = ["network-interfaces", "vpc-access-connector"].map((name) => `run.googleapis.com/${name}`);
  return [
    callers(annotation(outer, "run.googleapis.com/ingress"), "the annotation run.googleapis.com/ingress"),
    sends(
      annotation(inner, "run.googleapis.com/vpc-access-egress"),
      "the annotation run.googleapis.com/vpc-access-egress",
    ),
    stands(
      names.map((name) => annotation(inner, name)),
      `the annotation ${names.join(" or ")}`,
    ),
  ];
}

export const publicGateway = (): Finding =>
  fail("API Gateway is on the internet: put an internal load balancer before the functions");

const restricted: Readonly<Record<string, string>> = {
  pubsub: "pubsub.googleapis.com",
  firestore: "firestore.googleapis.com",
  storage: "storage.googleapis.com",
  secretmanager: "secretmanager.googleapis.com",
  kms: "cloudkms.googleapis.com",
};

/** Who makes the perimeter draws it round every service in use; a perimeter of the organization is judged where it is made. */
export const perimeter: StackRule = {
  judgeStack(stack) {
    const [found] = stack
      .ofType("gcp:accesscontextmanager/servicePerimeter:ServicePerimeter")
      .filter(({ external }) => !external);
    if (!found) return undefined;
    const services = known(found.props, "status.restrictedServices");
    const all = list(services.state === "value" ? services.value : []);
    const used = new Set(
      stack.resources.flatMap(({ type, custom, external }) =>
        custom && !external ? (restricted[/^gcp:(\w+)\//.exec(type)?.[1] ?? ""] ?? []) : [],
      ),
    );
    const missing = [...used].filter((service) => !all.includes(service));
    if (missing.length === 0) return pass("every service that it uses stands in the perimeter", found.urn);
    return services.state === "unknown" || all.some(isUnknown)
      ? undetermined("which services stand in the perimeter is known after deployment only", found.urn)
      : fail(
          `services stand outside of the perimeter: add ${missing.sort().join(", ")} to status.restrictedServices`,
          found.urn,
        );
  },
};
