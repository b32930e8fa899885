import type { Realization } from "../core/cloud";
import { native, unsupported } from "../core/contract";
import { shaper } from "../core/escape";
import type { Pattern } from "../core/pattern";
import { backupAsked, type TableOutputs, type TableSpec } from "../table";
import { provide } from "./access";
import { nameOf } from "./foundation";
import { LocalResource } from "./resource";

const source = "local/README.md";

export function table(self: Pattern<"Table">, spec: TableSpec): Realization<TableOutputs> {
  const { key, sort, expires, version } = spec;
  const shape = shaper(spec.transform?.local);
  const name = nameOf(self.site, self.id);
  const roles = { ...(sort ? { sort } : {}), ...(expires ? { expires } : {}), ...(version ? { version } : {}) };
  const table = new LocalResource(
    "Table",
    self.id,
    shape("table", { name, key, ...roles }),
    self.child({ stateful: true }),
  );
  provide(self, name);
  const asked = (attribute: string | undefined) => attribute ?? "none asked";
  return {
    contract: [
      native("key", key, key, "partition key", source),
      native("sort", asked(sort), sort ?? "none", "order within a partition", source),
      native("expires", asked(expires), expires ?? "never", "reads stop at the second; deleted then", source),
      native("version", asked(version), version ?? "last write wins", "checked and raised in one step", source),
      unsupported(
        "pointInTimeRecovery",
        `${spec.pointInTimeRecoveryDays} days`,
        "none",
        "the data ends with the process",
        source,
      ),
      native("changes", "told", "until the process ends", "before and after, to triggers", source),
      unsupported("backup", backupAsked(self.site), "none", "the data ends with the process", source),
      native("maxItemBytes", "409600 bytes", "409600 bytes", "the portable size, refused above", source),
      native("consistency", "read your writes", "strong", "one process", source),
      unsupported(
        "encryption",
        self.site.dataClass,
        "none",
        "everything is in the memory of a process on this machine",
        source,
      ),
    ],
    grants: [],
    nodes: { table },
    outputs: { table: table.name },
  };
}
