import { type Control, type DataClass, dataClasses, type Settings } from "./model";
import { controls as allControls } from "./packs";
import { settingFault, settingsOf } from "./settings";

const levels = ["advisory", "mandatory", "remediate", "disabled"] as const;
/** Pulumi's own. In process nothing is remediated, so `remediate` is as good as `mandatory`. */
export type Level = (typeof levels)[number];

/** What the configuration says of one control. */
export interface ControlConfig {
  readonly level: Level;
  /** Default: what the stack says. */
  readonly dataClass?: DataClass;
  /** Of a control that is off unless switched on. */
  readonly enabled?: boolean;
  readonly settings: Settings;
}

/** By the control's id; it has all controls that were configured. */
export type PackConfig = ReadonlyMap<string, ControlConfig>;

/** The configuration is wrong: what, and what to write instead. */
export class PackConfigError extends Error {
  override readonly name = "PackConfigError";
  constructor(
    readonly fact: string,
    readonly wayOut: string,
  ) {
    super(`${fact}.\n  Way out: ${wayOut}.`);
  }
}

type Given = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The file that `pulumi --policy-pack-config` takes: levels or objects by control, and `all` for a level of all others.
 * @throws PackConfigError
 */
export function readConfig(text: string, controls: readonly Control[] = allControls): PackConfig {
  const content = parsed(text);
  const { all, ...own } = content;
  const general = all === undefined ? undefined : levelOf("all", levelGiven(all));
  const ids = new Set(controls.map(({ id }) => id));
  const stray = Object.keys(own).find((id) => !ids.has(id));
  if (stray !== undefined)
    throw new PackConfigError(`there is no control ${JSON.stringify(stray)}`, `choose of ${[...ids].join(", ")}, all`);
  return new Map(
    controls
      .filter(({ id }) => general !== undefined || Object.hasOwn(own, id))
      .map((control) => [
        control.id,
        controlConfig(control, Object.hasOwn(own, control.id) ? own[control.id] : {}, general),
      ]),
  );
}

function parsed(text: string): Given {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new PackConfigError("the policy configuration is no JSON", 'write an object such as { "all": "advisory" }');
  }
  if (isObject(content)) return content;
  throw new PackConfigError("the policy configuration is no object", 'write one such as { "all": "advisory" }');
}

/** `all` may be a level, or an object of nothing but a level. */
function levelGiven(all: unknown): unknown {
  if (!isObject(all)) return all;
  const { enforcementLevel, ...others } = all;
  const [other] = Object.keys(others);
  if (other === undefined) return enforcementLevel;
  throw new PackConfigError(`all has no ${JSON.stringify(other)}`, "set it for each control that takes it");
}

function levelOf(of: string, value: unknown): Level {
  const level = levels.find((one) => one === value);
  if (level) return level;
  throw new PackConfigError(`the enforcement level of ${of} is none`, `choose of ${levels.join(", ")}`);
}

function controlConfig(control: Control, given: unknown, general: Level = "mandatory"): ControlConfig {
  if (typeof given === "string") return { level: levelOf(control.id, given), settings: {} };
  if (!isObject(given))
    throw new PackConfigError(
      `${control.id} must be an enforcement level or an object`,
      `choose of ${levels.join(", ")}`,
    );
  const { enforcementLevel, ...properties } = given;
  const level = enforcementLevel === undefined ? general : levelOf(control.id, enforcementLevel);
  const [fault] = faults(control, properties);
  if (fault !== undefined) throw new PackConfigError(fault.fact, fault.wayOut);
  return { level, ...properly(properties) };
}

/** The properties of a control that were found to be without fault, by their kind. */
export function properly({ dataClass, enabled, ...settings }: Given): Omit<ControlConfig, "level"> {
  return {
    ...(dataClass !== undefined && { dataClass: dataClass as DataClass }),
    ...(enabled !== undefined && { enabled: enabled as boolean }),
    settings,
  };
}

interface Fault {
  readonly fact: string;
  readonly wayOut: string;
}

/** What is wrong with a control's properties. The engine checks types by `schemaOf`, and lets unknown properties through. */
export function faults(control: Control, properties: Given): Fault[] {
  const settings = settingsOf(control);
  const names = Object.keys(schemaOf(control).properties);
  return Object.entries(properties).flatMap(([name, value]): Fault[] => {
    const wayOut = `correct ${name} of ${control.id} in the policy configuration`;
    if (!names.includes(name))
      return [
        { fact: `${control.id} has no property ${JSON.stringify(name)}`, wayOut: `choose of ${names.join(", ")}` },
      ];
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    const wrong = setting
      ? settingFault(setting, value)
      : name === "enabled"
        ? typeof value === "boolean"
          ? undefined
          : "must be true or false"
        : (dataClasses as readonly unknown[]).includes(value)
          ? undefined
          : `must be one of ${dataClasses.join(", ")}`;
    return wrong === undefined ? [] : [{ fact: `${name} of ${control.id} ${wrong}`, wayOut }];
  });
}

/** As the engine takes it. It knows no `additionalProperties` for a policy as a whole. */
export function schemaOf(control: Control) {
  return {
    properties: {
      dataClass: { type: "string" as const, enum: [...dataClasses] },
      // Not an enforcement level: one for `all` would switch it on.
      ...(control.optIn !== undefined && { enabled: { type: "boolean" as const, default: false } }),
      ...settingsOf(control),
    },
  };
}
