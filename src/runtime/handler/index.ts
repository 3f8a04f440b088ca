// `underway/release-handler`. OTP: release_handler(3).

export type { InstallReport } from "./install-report.ts";
export {
  checkInstallRelease,
  type Installed,
  type InstallOptions,
  installRelease,
  makePermanent,
  type ReleaseStatus,
  removeRelease,
  setUnpacked,
  unpackRelease,
  whichReleases,
} from "./release-handler.ts";
