import type { LimitRow } from "../core/limits";
import { here, memory, rows } from "./shared";

const gateway = { aws: "an API Gateway HTTP API", azure: "API Management Consumption", gcp: "API Gateway" };

export const httpApiLimits: readonly LimitRow[] = [
  ...memory,
  ...rows("timeout", "seconds", {
    aws: {
      min: 1,
      max: 29,
      service: gateway.aws,
      source: "API Gateway: 29 s by default on REST APIs, 30 s on HTTP APIs; 29 holds on both",
      confidence: "V",
    },
    azure: {
      min: 1,
      max: 29,
      service: gateway.azure,
      source: "API Management limits: 30 s for the whole request, less 1 to answer in",
      confidence: "D",
    },
    gcp: { min: 1, max: 600, service: gateway.gcp, source: "x-google-backend deadline", confidence: "K" },
    local: here(1, 600),
  }),
  ...rows("maxBodyBytes", "bytes", {
    aws: {
      min: 1,
      max: 6_291_456,
      service: "AWS Lambda",
      source: "Lambda quotas: synchronous invocation payload",
      confidence: "V",
    },
    azure: {
      min: 1,
      max: 2_097_152,
      service: gateway.azure,
      source: "API Management limits: buffered payload",
      confidence: "D",
    },
    gcp: { min: 1, max: 33_554_432, service: gateway.gcp, source: "API Gateway quotas: payload size", confidence: "D" },
    local: here(1, 33_554_432),
  }),
  ...rows("cors.maxAge", "seconds", {
    aws: { min: 0, max: 86_400, service: gateway.aws, source: "apigatewayv2 Cors.MaxAge -1 to 86400", confidence: "V" },
    azure: {
      min: 0,
      max: 86_400,
      service: gateway.azure,
      source: "cors policy preflight-result-max-age",
      confidence: "D",
    },
    gcp: {
      min: 0,
      max: 86_400,
      service: "the function behind API Gateway",
      source: "browsers cap Access-Control-Max-Age at 86400",
      confidence: "D",
    },
    local: here(0, 86_400),
  }),
  ...rows("throttle.rate", "per second", {
    aws: {
      min: 1,
      max: 10_000,
      service: gateway.aws,
      source: "API Gateway account quota: 10,000 requests a second a region",
      confidence: "D",
    },
    azure: { min: 1, max: 10_000, service: gateway.azure, source: "as on AWS", confidence: "K" },
    gcp: { min: 1, max: 10_000, service: gateway.gcp, source: "as on AWS", confidence: "K" },
    local: here(1, 10_000),
  }),
  ...rows("throttle.burst", "count", {
    aws: {
      min: 1,
      max: 5000,
      service: gateway.aws,
      source: "API Gateway account quota: burst of 5,000 requests",
      confidence: "D",
    },
    azure: { min: 1, max: 5000, service: gateway.azure, source: "as on AWS", confidence: "K" },
    gcp: { min: 1, max: 5000, service: gateway.gcp, source: "as on AWS", confidence: "K" },
    local: here(1, 5000),
  }),
];
