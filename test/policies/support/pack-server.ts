/** A pack's folder, started as the Pulumi engine starts it and spoken to in the engine's protocol. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ResourceInput } from "../../../policies";
import { unknown } from "./stack";

export interface Diagnostic {
  readonly policy: string;
  readonly urn: string;
  readonly level: "advisory" | "mandatory" | "other";
  readonly message: string;
}

type Call<Request, Response> = (
  request: Request,
  done: (error: ServiceError | null, response: Response) => void,
) => unknown;
function call<Request, Response>(method: Call<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) =>
    method(request, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

export class PackServer {
  private constructor(
    private readonly client: AnalyzerClient,
    private readonly stopProcess: () => Promise<void>,
  ) {}

  /** @param pack a folder of `policies/`, or the path of another */
  static async start(
    pack: string,
    stackConfig: Record<string, string> = {},
    environment: Record<string, string> = {},
  ): Promise<PackServer> {
    const host = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const folder = resolve(__dirname, "../../../policies", pack);
    const env = { ...process.env, PULUMI_CONFIG: JSON.stringify(stackConfig), PULUMI_DRY_RUN: "true", ...environment };
    const child = spawn(process.execPath, [host, "127.0.0.1:1", "."], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    const ended = once(child, "exit");
    const [first] = await Promise.race([once(child.stdout, "data"), ended.then(() => [undefined])]);
    if (first === undefined) throw new Error(`pack ${pack} did not start: ${said}`);
    const client = new AnalyzerClient(`127.0.0.1:${String(first).trim()}`, credentials.createInsecure());
    return new PackServer(client, async () => {
      client.close();
      child.kill();
      await ended;
    });
  }

  stop(): Promise<void> {
    return this.stopProcess();
  }

  info(): Promise<proto.AnalyzerInfo> {
    return call(this.client.getAnalyzerInfo.bind(this.client) as Call<Empty, proto.AnalyzerInfo>, new Empty());
  }

  async configure(
    policy: string,
    level: "advisory" | "mandatory" | "disabled",
    properties: Record<string, string | boolean | number> = {},
  ): Promise<void> {
    const levels = {
      advisory: proto.EnforcementLevel.ADVISORY,
      mandatory: proto.EnforcementLevel.MANDATORY,
      disabled: proto.EnforcementLevel.DISABLED,
    };
    const config = new proto.PolicyConfig();
    config.setEnforcementlevel(levels[level]);
    config.setProperties(Struct.fromJavaScript(properties));
    const request = new proto.ConfigureAnalyzerRequest();
    request.getPolicyconfigMap().set(policy, config);
    await call(this.client.configure.bind(this.client) as Call<proto.ConfigureAnalyzerRequest, unknown>, request);
  }

  /** A preview as the engine drives it: every resource's inputs first, then the stack with what providers answered. */
  async preview(resources: readonly ResourceInput[]): Promise<Diagnostic[]> {
    const found: Diagnostic[] = [];
    // The engine sends no inputs of resources that are only read.
    for (const resource of resources.filter(({ external }) => !external)) {
      const request = new proto.AnalyzeRequest();
      request.setUrn(resource.urn);
      request.setType(resource.type);
      request.setName(resource.name);
      request.setProperties(struct(resource.inputs));
      request.setOptions(new proto.AnalyzerResourceOptions());
      found.push(
        ...diagnostics(
          await call(
            this.client.analyze.bind(this.client) as Call<proto.AnalyzeRequest, proto.AnalyzeResponse>,
            request,
          ),
        ),
      );
    }
    const request = new proto.AnalyzeStackRequest();
    request.setResourcesList(resources.map(stackResource));
    const response = await call(
      this.client.analyzeStack.bind(this.client) as Call<proto.AnalyzeStackRequest, proto.AnalyzeResponse>,
      request,
    );
    return [...found, ...diagnostics(response)];
  }
}

/** Outputs that providers compute are unknown in a preview also where the program set nothing. */
const computed = { kmsMasterKeyId: unknown, sqsManagedSseEnabled: unknown, retentionInDays: unknown, arn: unknown };

function stackResource(resource: ResourceInput): proto.AnalyzerResource {
  const message = new proto.AnalyzerResource();
  message.setUrn(resource.urn);
  message.setType(resource.type);
  message.setName(resource.name);
  message.setParent(resource.parent ?? "");
  message.setOptions(new proto.AnalyzerResourceOptions());
  message.setProperties(struct(resource.custom ? { ...computed, ...resource.inputs } : (resource.outputs ?? {})));
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    const dependencies = new proto.AnalyzerPropertyDependencies();
    dependencies.setUrnsList([...urns]);
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  return message;
}

const struct = (value: object) => Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));

function diagnostics(response: proto.AnalyzeResponse): Diagnostic[] {
  const levels = {
    [proto.EnforcementLevel.ADVISORY]: "advisory",
    [proto.EnforcementLevel.MANDATORY]: "mandatory",
  } as const;
  return response.getDiagnosticsList().map((one) => ({
    policy: one.getPolicyname(),
    urn: one.getUrn(),
    level: levels[one.getEnforcementlevel() as keyof typeof levels] ?? "other",
    message: one.getMessage(),
  }));
}
