import { backTo, type Remediation, to } from "./remediation";

const trail = ["aws:cloudtrail/trail:Trail"];

/** A trail that records more, and access logs that record less than what is carried. */
export const audit: readonly Remediation[] = [
  { control: "AUD-01", types: trail, path: "isMultiRegionTrail", ...to(true) },
  { control: "AUD-01", types: trail, path: "enableLogFileValidation", ...to(true) },
  { control: "AUD-01", types: trail, path: "includeGlobalServiceEvents", ...backTo(true) },
  {
    control: "AUD-03",
    types: ["aws:apigatewayv2/stage:Stage"],
    path: "defaultRouteSettings.dataTraceEnabled",
    ...backTo(false),
  },
  {
    control: "AUD-03",
    types: ["aws:apigateway/methodSettings:MethodSettings"],
    path: "settings.dataTraceEnabled",
    ...backTo(false),
  },
];
