import type { Control, Settings } from "./model";
import { isName } from "./names";

/** A whole number that a control takes from its configuration. */
export interface NumberSetting {
  readonly type: "integer";
  readonly description: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
}

/** Texts that a control takes from its configuration; none by default. */
export interface TextsSetting {
  readonly type: "array";
  readonly description: string;
  readonly items: { readonly type: "string"; readonly pattern: string };
}

/** A name that a control takes from its configuration; none by default. */
export interface TextSetting {
  readonly type: "string";
  readonly description: string;
  readonly pattern: string;
}

/** The part of JSON schema that the engine checks and that is checked here. */
export type Setting = NumberSetting | TextsSetting | TextSetting;

export const retentionDays = {
  minimumRetentionDays: {
    type: "integer",
    description: "Days that logs are kept at least. PCI DSS 10.5.1 asks for 365.",
    minimum: 1,
    maximum: 36_500,
    default: 365,
  },
} as const satisfies Readonly<Record<string, Setting>>;

export const existingTrail = {
  existingTrail: {
    type: "string",
    description:
      "Name of the trail (AWS), diagnostic setting (Azure) or sink (Google Cloud) that another stack makes for the whole account.",
    pattern: "^[/A-Za-z0-9][A-Za-z0-9 _./:@-]{0,511}$",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** True where the control's configuration vouches for the account's trail. */
export const vouchesForTrail = ({ settings }: { readonly settings: Settings }): boolean =>
  isName(settings.existingTrail);

/** Days that logs are kept at least, in the control that is judging. */
export const minimumDays = ({ settings }: { readonly settings: Settings }): number => {
  const days = settings.minimumRetentionDays;
  return typeof days === "number" ? days : retentionDays.minimumRetentionDays.default;
};

/** The texts of a setting; none where it is not set. */
export const textsOf = ({ settings }: { readonly settings: Settings }, name: string): readonly string[] => {
  const given = settings[name];
  return Array.isArray(given) ? given : [];
};

/** What is wrong with the value of a setting, as the end of a sentence that begins with its name. */
export function settingFault(setting: Setting, value: unknown): string | undefined {
  if (setting.type === "integer") {
    const { minimum, maximum } = setting;
    const held = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
    return held ? undefined : `must be a whole number from ${minimum} to ${maximum}`;
  }
  if (setting.type === "string")
    return isName(value) && new RegExp(setting.pattern).test(value)
      ? undefined
      : `must be a name that matches ${setting.pattern}`;
  const pattern = new RegExp(setting.items.pattern);
  const held = Array.isArray(value) && value.every((one) => typeof one === "string" && pattern.test(one));
  return held ? undefined : `must be a list of texts that match ${setting.items.pattern}`;
}

export const settingsOf = ({ settings }: Control): Readonly<Record<string, Setting>> => settings ?? {};
