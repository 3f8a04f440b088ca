// What the type tests import, and nothing else: the instantiations of a program with this file alone are those of checking
// Underway itself. See types.test.ts.

import "../../src/runtime/behaviour/application.ts";
import "../../src/runtime/behaviour/connection.ts";
import "../../src/runtime/behaviour/gen-server.ts";
import "../../src/runtime/behaviour/resource.ts";
import "../../src/runtime/behaviour/supervisor.ts";
import "../../src/runtime/process/index.ts";
