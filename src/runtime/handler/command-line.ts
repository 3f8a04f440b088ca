// The layer of the configuration that comes from the command line: a name in it that nobody has is a slip of the pen.

import { UnderwayError } from "../../error.ts";
import { report } from "../process/report.ts";
import type { Config, ReleaseFiles } from "./release-files.ts";

/**
 * Warns of keys for which neither the application nor the release has a value: such a key may be right, since `getEnv`
 * needs no default.
 *
 * @throws node/unknown_application
 */
export const checkCommandLine = ({ vsn, boot, config }: ReleaseFiles, commandLine: Config): void => {
  const applications = boot.applications.map(({ app }) => app.name);
  for (const [app, values] of Object.entries(commandLine)) {
    const known = boot.applications.find((one) => one.app.name === app)?.app;
    if (known === undefined) throw new UnderwayError("node/unknown_application", { app, vsn, applications });
    const keys = Object.keys({ ...known.env, ...config[app] });
    for (const key of Object.keys(values)) {
      if (keys.includes(key)) continue;
      const message = `--env ${app}.${key}: application "${app}" names no such key; it has ${keys.join(", ") || "none"}`;
      report({ level: "warning", kind: "configuration", message });
    }
  }
};
