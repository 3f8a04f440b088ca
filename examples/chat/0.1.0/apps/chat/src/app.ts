// The application `chat`: rooms of people who talk, over WebSockets.

import * as Application from "underway/application";
import type { Pid } from "underway/process";
import * as ChatSup from "./sup.ts";

export const behaviour = "application";

export const start = (): Promise<Pid> => ChatSup.startLink();

/** The version that runs, read when it is asked for: after an upgrade it is another one. */
export const release = (): string =>
  Application.loadedApplications().find(({ name }) => name === "chat")?.vsn ?? "unreleased";
