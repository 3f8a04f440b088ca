// What modules call of the code server that may end the caller itself: such a call does not return to it. The release
// handler, which must go on whoever has called it, calls the code server directly.

import type { ModuleId } from "../../release/data.ts";
import { unlessEnded } from "../process/context.ts";
import * as codeServer from "./code-server.ts";

/**
 * Removes a module's old code and kills every process that still runs in it.
 *
 * Returns true if a process was killed; false if none was, or there was no old code. To a caller that runs in that code,
 * or is linked to one who does, it does not return.
 *
 * OTP: code:purge/1 <https://www.erlang.org/doc/apps/kernel/code.html#purge/1>
 */
export const purge = (module: ModuleId): boolean => unlessEnded(codeServer.purge(module));
