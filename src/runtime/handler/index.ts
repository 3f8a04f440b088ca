// `underway/release-handler`. OTP: release_handler(3).

export type { InstallReport, RehearsalReport } from "./install-report.ts";
export type { ModuleRehearsal } from "./rehearsal.ts";
export {
  checkInstallRelease,
  type Installed,
  type InstallOptions,
  installRelease,
  makePermanent,
  type Rehearsed,
  type ReleaseStatus,
  removeRelease,
  setUnpacked,
  unpackRelease,
  whichReleases,
} from "./release-handler.ts";
