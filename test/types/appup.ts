// What the constructors of appups must accept and refuse; checked by the repository's tsc.

import { advanced, appup, loadModule, startChild, update } from "../../src/tools/appup.ts";

appup("2", { upFrom: { "1": [update("chat/room", { change: advanced([]), timeoutMs: "infinity" })] } });
appup("2", { upFrom: [[/1\..*/, [startChild("sup", "id")]]], downTo: { "1": [] } });

// @ts-expect-error a module is named with its application
update("room");
// @ts-expect-error no such change
update("chat/room", { change: "hard" });
// @ts-expect-error no such option
loadModule("chat/room", { change: "soft" });
// @ts-expect-error functions are no data
update("chat/room", { change: advanced(() => 1) });
// @ts-expect-error no instruction
appup("2", { upFrom: { "1": [["nonsense"]] } });
// @ts-expect-error misspelt
appup("2", { upfrom: {} });
