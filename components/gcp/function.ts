import * as artifactregistry from "@pulumi/gcp/artifactregistry";
import * as cloudfunctionsv2 from "@pulumi/gcp/cloudfunctionsv2";
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import * as projects from "@pulumi/gcp/projects";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import * as storage from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import { IDEMPOTENCY, SETTINGS, useVariable } from "../../runtime/settings";
import type { GrantRecord } from "../core/grant";
import type { HandlerSpec } from "../core/handler";
import type { Pattern } from "../core/pattern";
import type { Site } from "../core/site";
import { type Access, accessTo, groundOf, nameFor, type Permission, record } from "./access";

export interface FunctionRequest {
  readonly name: string;
  readonly handler: HandlerSpec;
  /** What the adapter reads from `SB_SETTINGS`. */
  readonly settings: pulumi.Input<unknown>;
  /** Internal: Pub/Sub of this project and nothing from outside. All: API Gateway comes from outside; its account is let in, nobody else. */
  readonly ingress: "ALLOW_INTERNAL_ONLY" | "ALLOW_ALL";
  readonly maxInstances: number;
  /** What the platform's part of the function needs beside its declared uses. */
  readonly own?: readonly { readonly name: string; readonly permission: Permission }[];
  readonly shape: (args: cloudfunctionsv2.FunctionArgs) => cloudfunctionsv2.FunctionArgs;
}

export interface FunctionUnit {
  readonly resource: cloudfunctionsv2.Function;
  readonly account: serviceaccount.Account;
  /** Where the service behind the function answers, without a path; also the audience of its callers' tokens. */
  readonly uri: pulumi.Output<string>;
  readonly grants: readonly GrantRecord[];
  /** Lets one account call the function. */
  readonly admit: (name: string, member: pulumi.Input<string>) => cloudrunv2.ServiceIamMember;
}

/** Google's HTTP server around a function; the build installs it beside the bundle. */
const framework = { name: "@google-cloud/functions-framework", version: "5.0.5" };
const manifest = { main: "index.js", dependencies: { [framework.name]: framework.version } };
/** No path is the framework's own: by itself it answers `/robots.txt` and `/favicon.ico` with 404. */
const frameworkEnvironment = { IGNORED_ROUTES: " " };

/** An account of its own, the permissions that its uses name, and the function built from its bundle. */
export function serverlessFunction(self: Pattern, request: FunctionRequest): FunctionUnit {
  const { name, handler } = request;
  const ground = groundOf(self.site);
  const account = makeAccount(self, name, `Function ${name}`);
  const { environment, grants, bound } = useAll(self, request, account.member);
  const build = buildOf(self.site);
  const code = new storage.BucketObject(
    `${name}-code`,
    {
      bucket: build.bucket.name,
      // Unchanged code is an unchanged object, and with it an unchanged deployment.
      name: `${name}/${handler.bundle.hash}-${framework.version}.zip`,
      source: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(handler.bundle.text),
        "package.json": new pulumi.asset.StringAsset(JSON.stringify(manifest)),
      }),
    },
    self.child(),
  );
  const resource = new cloudfunctionsv2.Function(
    name,
    request.shape({
      project: ground.project,
      location: ground.region,
      name: ground.marked(self, name, 63),
      description: `${name} of ${self.site.project}/${self.site.stack}`,
      labels: ground.labels,
      kmsKeyName: build.key,
      buildConfig: {
        runtime: "nodejs22",
        entryPoint: "handler",
        source: { storageSource: { bucket: build.bucket.name, object: code.name } },
        dockerRepository: build.repository.id,
        serviceAccount: build.account.name,
        automaticUpdatePolicy: {},
      },
      serviceConfig: {
        serviceAccountEmail: account.email,
        ingressSettings: request.ingress,
        availableMemory: `${handler.memoryMiB}Mi`,
        timeoutSeconds: handler.timeoutSeconds,
        maxInstanceCount: request.maxInstances,
        maxInstanceRequestConcurrency: 1,
        allTrafficOnLatestRevision: true,
        environmentVariables: { ...environment, ...frameworkEnvironment, GOOGLE_CLOUD_PROJECT: ground.project },
      },
    }),
    // Permissions first: the first call may come as soon as the function stands.
    self.child({ dependsOn: [...ground.enabled("cloudfunctions", "run", "cloudbuild"), ...build.ready, ...bound] }),
  );
  // The service behind the function is in a part of it that is also an input, so a plan shows that part without the service;
  // the url, which is never an input, says whether the function stands.
  const service = pulumi
    .all([resource.serviceConfig, resource.url, resource.name])
    .apply(([config, url, name]) => ({ uri: config?.uri ?? url, name: config?.service?.split("/").pop() ?? name }));
  return {
    resource,
    account,
    uri: service.uri,
    grants,
    admit: (grant, member) =>
      new cloudrunv2.ServiceIamMember(
        grant,
        {
          project: ground.project,
          location: resource.location,
          name: service.name,
          role: "roles/run.servicesInvoker",
          member,
        },
        self.child(),
      ),
  };
}

/** A service account: 6 to 30 characters, unique in the project. */
export function makeAccount(self: Pattern, name: string, displayName: string): serviceaccount.Account {
  const ground = groundOf(self.site);
  return new serviceaccount.Account(
    name,
    { project: ground.project, accountId: nameFor(self, name, 30), displayName },
    self.child({ dependsOn: ground.enabled("iam") }),
  );
}

/** Turns declared uses into the clients' configuration and the account's permissions. */
function useAll(self: Pattern, { name, handler, settings, own = [] }: FunctionRequest, member: pulumi.Input<string>) {
  const uses = Object.entries(handler.uses).map(([key, grant]) => ({
    part: `uses-${key}`,
    variable: useVariable(key),
    grant,
  }));
  if (handler.idempotency) uses.push({ part: "idempotency", variable: IDEMPOTENCY, grant: handler.idempotency });
  const accesses = uses.map((use) => ({ ...use, access: accessTo(use.grant) }));
  // Two uses that come to the same role on the same component are one member of its policy.
  const distinct = new Map<string, { readonly part: string; readonly access: Access }>();
  for (const use of accesses) {
    const key = `${use.grant.target.kind} ${use.grant.target.id} ${use.access.permission.rendered.role}`;
    if (!distinct.has(key)) distinct.set(key, use);
  }
  return {
    environment: {
      [SETTINGS]: pulumi.jsonStringify(settings),
      ...Object.fromEntries(accesses.map(({ variable, access }) => [variable, pulumi.jsonStringify(access.config)])),
    },
    grants: [
      ...accesses.map(({ grant, access }) => record(name, grant, access)),
      ...own.map(({ name: operation, permission }) => ({
        from: name,
        to: self.id,
        operations: [operation],
        rendered: [permission.rendered],
      })),
    ],
    bound: [
      ...[...distinct.values()].map(({ part, access }) =>
        access.permission.bind(`${name}-${part}`, member, self.child()),
      ),
      ...own.map(({ name: part, permission }) => permission.bind(`${name}-${part}`, member, self.child())),
    ],
  };
}

/** What builds a stack's functions: where their code lies, where their images go, and who may do it. */
interface Build {
  readonly bucket: storage.Bucket;
  readonly repository: artifactregistry.Repository;
  readonly account: serviceaccount.Account;
  readonly key: pulumi.Output<string> | undefined;
  readonly ready: readonly pulumi.Resource[];
}

const builds = new WeakMap<Site, Build>();

function buildOf(site: Site): Build {
  const known = builds.get(site);
  if (known) return known;
  const ground = groundOf(site);
  const { component: self, project, region, shape } = ground;
  const bucket = ground.codeBucket;
  const key = ground.keyFor("artifactregistry", "cloudfunctions", "run");
  const repository = new artifactregistry.Repository(
    `${self.id}-images`,
    shape("imageRepository", {
      project,
      location: region,
      repositoryId: ground.marked(self, "images", 63),
      format: "DOCKER",
      labels: ground.labels,
      kmsKeyName: key.name,
    }),
    // Its key cannot be changed, and its name is taken until it is gone. Running functions keep their images.
    self.child({ dependsOn: [...ground.enabled("artifactregistry"), ...key.ready], deleteBeforeReplace: true }),
  );
  const account = makeAccount(self, `${self.id}-build`, "Builds the functions");
  const { member } = account;
  const onProject = () => self.child({ dependsOn: ground.enabled("cloudresourcemanager") });
  // Cloud Run functions copies the code into a bucket of its own and builds from there; that bucket comes with a region's first
  // function (under a customer's key with a suffix to its name), so no policy of the bucket itself can be written before.
  const copies = pulumi.interpolate`projects/_/buckets/gcf-v2-sources-${bucket.projectNumber}-${region}`;
  const ready = [
    new projects.IAMMember(`${self.id}-build-logs`, { project, role: "roles/logging.logWriter", member }, onProject()),
    new projects.IAMMember(
      `${self.id}-build-code`,
      {
        project,
        role: "roles/storage.objectViewer",
        member,
        condition: { title: "function code", expression: pulumi.interpolate`resource.name.startsWith("${copies}")` },
      },
      onProject(),
    ),
    new artifactregistry.RepositoryIamMember(
      `${self.id}-build-images`,
      { project, location: region, repository: repository.name, role: "roles/artifactregistry.writer", member },
      self.child(),
    ),
  ];
  const build = { bucket, repository, account, key: key.name, ready: [...ready, ...key.ready] };
  builds.set(site, build);
  return build;
}
