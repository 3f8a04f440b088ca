// The statuses of releases. Pure. OTP: release_handler's RELEASES and its states (semantics.md 10.1).
//
//                unpack           install V                make permanent V
//   (unknown) ─────────► unpacked ─────────► current ─────────────────────► permanent
//                            ▲                  │ install another              │ another made permanent
//                            │                  ▼                              ▼
//                            └── restart ──── old ◄────────────────────────── old
//
// At most one is permanent, at most one current. The running release is the current one, else the permanent one.
// Install changes memory only: on disk a current release is `unpacked`, so that only a permanent one survives a restart.

import type { Name, Vsn } from "../../release/data.ts";

export type Status =
  | "unpacked"
  | "current"
  | "permanent"
  | "old"
  /** On disk only, during a cold restart: to be started once. */
  | "tmp_current";

export interface KnownRelease {
  readonly name: Name;
  readonly vsn: Vsn;
  /** `chat-0.1.0` and so on. */
  readonly applications: readonly string[];
  readonly status: Status;
}

export type Releases = readonly KnownRelease[];

export const find = (releases: Releases, vsn: Vsn): KnownRelease | undefined =>
  releases.find((known) => known.vsn === vsn);

/** The release whose code runs. */
export const running = (releases: Releases): KnownRelease | undefined =>
  releases.find((known) => known.status === "current") ?? permanent(releases);

export const permanent = (releases: Releases): KnownRelease | undefined =>
  releases.find((known) => known.status === "permanent");

/** Newest first, as OTP lists them. */
export const add = (releases: Releases, known: KnownRelease): Releases => [known, ...releases];

export const remove = (releases: Releases, vsn: Vsn): Releases => releases.filter((known) => known.vsn !== vsn);

/** `vsn` runs from now on: it is current (a permanent one stays permanent), the former current one is old. */
export const installed = (releases: Releases, vsn: Vsn): Releases =>
  releases.map((known) => {
    if (known.vsn === vsn) return known.status === "permanent" ? known : { ...known, status: "current" };
    return known.status === "current" ? { ...known, status: "old" } : known;
  });

/** `vsn` is permanent from now on, the former permanent one is old. */
export const madePermanent = (releases: Releases, vsn: Vsn): Releases =>
  releases.map((known) => {
    if (known.vsn === vsn) return { ...known, status: "permanent" };
    return known.status === "permanent" ? { ...known, status: "old" } : known;
  });

/** To be started once by the restart that follows. */
export const restarting = (releases: Releases, vsn: Vsn): Releases =>
  releases.map((known) => {
    if (known.vsn === vsn) return known.status === "permanent" ? known : { ...known, status: "tmp_current" };
    return known.status === "current" ? { ...known, status: "old" } : known;
  });

/** What is written to disk. */
export const onDisk = (releases: Releases): Releases =>
  releases.map((known) => (known.status === "current" ? { ...known, status: "unpacked" } : known));

/** What a starting node makes of the disk: which release it boots, the statuses in memory. OTP: transform (10.2). */
export const atStart = (disk: Releases): { readonly boots: KnownRelease | undefined; readonly memory: Releases } => {
  const temporary = disk.find((known) => known.status === "tmp_current");
  const memory = disk.map(
    (known): KnownRelease => (known.status === "tmp_current" ? { ...known, status: "current" } : known),
  );
  return { boots: temporary ?? permanent(disk), memory };
};
