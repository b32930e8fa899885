import { apply, display, type RunResult } from "../../../cli/engine";
import type { ContractRow } from "../../../components/core/contract";
import { inputsOf, registered } from "../../support/plan";

export const project = "shop-test";
const number = 424242424242;
const region = "europe-west1";

type Values = Readonly<Record<string, unknown>>;

/** What Google Cloud answers to the creation of a resource, as far as other resources take it up. */
function answer(type: string, name: string, inputs: Values): { id: string; outputs: Record<string, unknown> } {
  const text = (key: string) => String(inputs[key] ?? name);
  const email = `${text("accountId")}@${project}.iam.gserviceaccount.com`;
  const api = text("service").split(".")[0];
  const answers: Record<string, Values> = {
    "gcp:serviceaccount/account:Account": {
      id: `projects/${project}/serviceAccounts/${email}`,
      name: `projects/${project}/serviceAccounts/${email}`,
      email,
      member: `serviceAccount:${email}`,
      uniqueId: `1${name.length}`,
    },
    "gcp:projects/serviceIdentity:ServiceIdentity": {
      member: `serviceAccount:service-${number}@gcp-sa-${api}.iam.gserviceaccount.com`,
    },
    "gcp:pubsub/topic:Topic": { id: `projects/${project}/topics/${name}`, name },
    "gcp:pubsub/subscription:Subscription": { id: `projects/${project}/subscriptions/${name}`, name },
    "gcp:artifactregistry/repository:Repository": { name },
    "gcp:storage/bucket:Bucket": { name: `${name}-1a2b3c4`, projectNumber: number },
    "gcp:secretmanager/secret:Secret": { id: `projects/${project}/secrets/${name}`, secretId: name },
    "gcp:kms/keyRing:KeyRing": { id: `projects/${project}/locations/${region}/keyRings/${name}` },
    "gcp:kms/cryptoKey:CryptoKey": { id: `${text("keyRing")}/cryptoKeys/${name}` },
    "gcp:apigateway/api:Api": { managedService: `${text("apiId")}.apigateway.${project}.cloud.goog` },
    "gcp:apigateway/gateway:Gateway": { defaultHostname: `${text("gatewayId")}.ew.gateway.dev` },
    "gcp:cloudfunctionsv2/function:Function": {
      url: `https://${region}-${project}.cloudfunctions.net/${text("name")}`,
      serviceConfig: {
        ...(inputs.serviceConfig as object),
        uri: `https://${text("name")}-x.a.run.app`,
        service: `projects/${project}/locations/${region}/services/${text("name")}`,
      },
    },
  };
  const { id = `${type}/${name}`, ...outputs } = answers[type] ?? {};
  return { id: String(id), outputs: { ...inputs, ...outputs } };
}

/** Deploys a program in process; every value that only a cloud knows is known afterwards. */
export function deployed(program: () => unknown, config: Record<string, string> = {}): Promise<RunResult> {
  return apply(
    program,
    {
      project: "shop",
      stack: "test-gcp",
      config: {
        "serverless-blueprints:cloud": "gcp",
        "gcp:project": project,
        "gcp:region": region,
        ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`serverless-blueprints:${key}`, value])),
      },
    },
    {
      register: async ({ type, name, inputs }) => answer(type, name, inputs),
      invoke: async (token) => {
        if (token === "gcp:logging/getProjectCmekSettings:getProjectCmekSettings")
          return { serviceAccountId: `cmek-p${number}@gcp-sa-logging.iam.gserviceaccount.com` };
        if (token !== "gcp:storage/getProjectServiceAccount:getProjectServiceAccount")
          throw new Error(`asked ${token}`);
        return { member: `serviceAccount:service-${number}@gs-project-accounts.iam.gserviceaccount.com` };
      },
    },
  );
}

/** One resource's inputs, by type (the last part of its token) and name. */
export function inputs(result: RunResult, type: string, name: string): Record<string, unknown> {
  const all = result.resources.filter((one) => one.custom && one.type.endsWith(`:${type}`) && one.name === name);
  const [found] = all;
  if (!found || all.length > 1) throw new Error(`${all.length} resources ${type} "${name}"`);
  return display(found.inputs) as Record<string, unknown>;
}

/** What a deployed function is told: its variables that hold JSON, read. */
export function environment(result: RunResult, name: string): Record<string, unknown> {
  const { environmentVariables } = inputs(result, "Function", name).serviceConfig as {
    environmentVariables: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(environmentVariables)
      .filter(([variable]) => variable.startsWith("SB_"))
      .map(([variable, value]) => [variable, JSON.parse(value) as unknown]),
  );
}

/** One row of a component's contract. */
export function row(result: RunResult, name: string, property: string): ContractRow {
  const found = registered(result, name).contract.find((one) => one.property === property);
  if (!found) throw new Error(`${name} says nothing of ${property}`);
  return found;
}

/** Whether one resource waits for another. */
export function waits(result: RunResult, type: string, name: string, forName: string): boolean {
  const waiting = result.resources.find((one) => one.custom && one.type.endsWith(`:${type}`) && one.name === name);
  const before = result.resources.filter((one) => one.name === forName).map(({ urn }) => urn);
  return before.some((urn) => waiting?.dependencies.includes(urn));
}

/** Every role that was given, as `member role on resource [condition]`. Members without their domain. */
export function roles(result: RunResult): string[] {
  return result.resources
    .filter(({ type }) => /iam/i.test(type) && /Member$/.test(type))
    .map((one) => {
      const all = display(one.inputs) as Record<string, string> & { condition?: { expression: string } };
      const on =
        all.topic ??
        all.subscription ??
        all.bucket ??
        all.name ??
        all.secretId ??
        all.repository ??
        all.serviceAccountId;
      const where = all.condition?.expression ?? on ?? (all.cryptoKeyId ? "key" : "project");
      return `${short(all.member)} ${all.role} on ${short(where)}`;
    })
    .sort();
}

/** Accounts by what they are called in the program: their names end with a hash and a domain. */
const short = (text = "") =>
  text
    .replace(/^serviceAccount:/, "")
    .replace(/^projects\/[^/]+\/serviceAccounts\//, "")
    .replace(`@${project}.iam.gserviceaccount.com`, "")
    .replace(/\.iam\.gserviceaccount\.com$/, "")
    .replace(/^service-\d+@/, "agent ")
    .replace(/^sb-[0-9a-f]{8}-/, "")
    .replace(/-[0-9a-f]{8}(?=$|"$)/, "");

/** The only resource of a type. */
export function only(result: RunResult, token: string): Record<string, unknown> {
  const [one, ...more] = inputsOf(result, token);
  if (!one || more.length > 0) throw new Error(`${more.length + (one ? 1 : 0)} resources of ${token}`);
  return one;
}
