// How `chat` gets from 0.1.0 to 0.2.0 while it runs, and back. Checked and written into the release by
// `underway release --upgrade`.
//
// Instructions are given in the order in which they shall take effect. Those that replace code become one switch, which
// is all or nothing; those with effects, here about the child `pulse`, stand before or behind it.

import {
  addModule,
  advanced,
  apply,
  appup,
  deleteChild,
  deleteModule,
  loadModule,
  mfa,
  startChild,
  update,
} from "underway/appup";

// Nobody is killed for running old code: a session may still wait in it for a room to answer.
const softly = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;
// The clients are told which release runs now; and once more, should the upgrade be taken back.
const announce = apply("chat/session-sup", "announce", [], { undo: mfa("chat/session-sup", "announce") });

export default appup("0.2.0", {
  upFrom: {
    "0.1.0": [
      addModule("chat/messages"),
      addModule("chat/pulse"),
      loadModule("chat/protocol", softly),
      // Messages get ids and times: the room's `codeChange` is asked.
      update("chat/room", { ...softly, change: advanced(), depMods: ["chat/messages"] }),
      // A session's state stays what it is. Sessions come after what they call.
      update("chat/session", { ...softly, depMods: ["chat/messages", "chat/protocol", "chat/room"] }),
      deleteModule("chat/text"),
      // The supervisor learns of its new child, which then has no process yet; it is started when all code is in place.
      update("chat/sup", { ...softly, change: "supervisor", depMods: ["chat/pulse"] }),
      startChild("chat_sup", "pulse"),
      announce,
    ],
  },
  downTo: {
    "0.1.0": [
      // The child goes before its code does.
      deleteChild("chat_sup", "pulse"),
      update("chat/sup", { ...softly, change: "supervisor", depMods: ["chat/pulse"] }),
      addModule("chat/text"),
      update("chat/session", { ...softly, depMods: ["chat/text", "chat/protocol", "chat/room"] }),
      update("chat/room", { ...softly, change: advanced() }),
      loadModule("chat/protocol", softly),
      deleteModule("chat/pulse"),
      deleteModule("chat/messages"),
      announce,
    ],
  },
});
