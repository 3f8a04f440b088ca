// A rehearsal: everything that an install does before anything is visible, the migrations on copies, and then nothing of it
// is kept. OTP: release_handler:check_install_release/1, which looks at much less and runs the first `apply`s.

import { watchBlocks } from "./block-watch.ts";
import type { RehearsalReport } from "./install-report.ts";
import { Messages } from "./messages.ts";
import { refuseLongPause } from "./pause.ts";
import { type ModuleRehearsal, refuseOneWay, rehearseMigrations } from "./rehearsal.ts";
import { type Job, Staging, switchesOf } from "./staging.ts";
import { counted } from "./words.ts";

/** Resolves with what the install would be like; rejects with what would refuse it. Changes nothing either way. */
export const rehearse = async (job: Job): Promise<RehearsalReport> => {
  const { node, to, steps, progress, maxPauseMs, forwardOnly } = job;
  const beganMs = performance.now();
  const stopWatch = watchBlocks();
  const staging = new Staging(job);
  try {
    await staging.begin("all");
    const modules: ModuleRehearsal[] = [];
    for (const change of switchesOf(steps)) {
      await new Messages(staging.loadedBy(change)).check();
      modules.push(...(await rehearseMigrations(staging.affectedBy(change), staging.inNewCode, "all")));
    }
    refuseOneWay(modules, forwardOnly);
    const processes = modules.reduce((sum, { tried }) => sum + tried, 0);
    progress(`migrated copies of ${counted(processes, "state")}`);
    const expectedPauseMs = modules.reduce((sum, { atSwitchMs }) => sum + atSwitchMs, 0);
    refuseLongPause(
      expectedPauseMs,
      modules.flatMap(({ slow }) => slow),
      maxPauseMs,
    );
    return {
      from: node.files.vsn,
      to: to.vsn,
      switches: switchesOf(steps).length,
      effects: steps.filter(({ kind }) => kind !== "switch").length,
      modules,
      expectedPauseMs,
      durationMs: performance.now() - beganMs,
    };
  } finally {
    staging.abort();
    stopWatch();
  }
};
