import * as pulumi from "@pulumi/pulumi";
import type { HttpRouteSettings } from "../../runtime/settings";
import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { formatDuration } from "../core/duration";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { authText, type HttpApiOutputs, type HttpApiSpec, validationRow } from "../http-api";
import { logStoreOf, nameOf } from "./foundation";
import { serverlessFunction } from "./function";
import { LocalResource } from "./resource";

const source = "local/README.md";

export function httpApi(self: Pattern<"HttpApi">, spec: HttpApiSpec): Realization<HttpApiOutputs> {
  const shape = shaper(spec.transform?.local);
  const functions = spec.groups.map((group) => {
    const settings = group.routes.map(
      ({ method, path, auth }): HttpRouteSettings => ({
        component: self.id,
        method,
        path,
        auth,
        maxBodyBytes: spec.maxBodyBytes,
        timeoutSeconds: spec.timeoutSeconds,
      }),
    );
    return {
      group,
      ...serverlessFunction(self, `${self.id}-${group.name}`, group.handler, settings, (args) =>
        shape("function", args),
      ),
    };
  });
  const api = new LocalResource(
    "Api",
    self.id,
    shape("api", {
      name: nameOf(self.site, self.id),
      routes: pulumi.all(
        functions.flatMap(({ group, resource }) =>
          group.routes.map(({ method, path, auth }) =>
            resource.name.apply((target) => ({ method, path, auth, function: target })),
          ),
        ),
      ),
      ...(spec.cors ? { cors: spec.cors } : {}),
      ...(spec.throttle ? { throttleRate: spec.throttle.rate, throttleBurst: spec.throttle.burst } : {}),
      maxBodyBytes: spec.maxBodyBytes,
      timeoutSeconds: spec.timeoutSeconds,
      logStore: logStoreOf(self.site),
    }),
    self.child(),
  );
  return {
    contract: contractOf(self, spec),
    grants: functions.flatMap(({ grants }) => grants),
    nodes: { api, functions: functions.map(({ resource }) => resource) },
    outputs: { url: api.url },
  };
}

function contractOf({ site }: Pattern, spec: HttpApiSpec) {
  const same = (property: string, value: string, why: string) => native(property, value, value, why, source);
  const auth = authText(spec);
  return [
    same("timeout", formatDuration(spec.timeoutSeconds), "then 504, and the worker thread is ended"),
    same("memory", `${spec.groups[0]?.handler.memoryMiB ?? 0} MiB`, "heap limit of the worker thread"),
    same("maxBodyBytes", `${spec.maxBodyBytes} bytes`, "then 413"),
    same("auth", auth, "jwt by the issuer's published keys; iam is the operator's token; scopes in the adapter"),
    validationRow,
    same("cors", spec.cors ? spec.cors.origins.join(", ") : "none asked", "preflight answered by the gateway"),
    spec.throttle
      ? same(
          "throttle",
          `${spec.throttle.rate} a second, burst ${spec.throttle.burst}`,
          "one token bucket for the API, then 429",
        )
      : native("throttle", "none asked", "none", "the machine is the limit", source),
    same("accessLog", "every request, without payload", "in the log store"),
    same("errors", "problem+json", "gateway-made errors too"),
    same("gatewayIdentity", "functions answer their gateway only", "they have no address of their own"),
    unsupported("encryption", `TLS (${site.dataClass})`, "none", "loopback only", source),
  ];
}
