// Errors of the area `http`, sorted by reason.

import type { Entries } from "./words.ts";

export const http = {
  "http/address_in_use": (d: { host: string; port: number; holder: string | null }) => ({
    what: `Cannot listen on port ${d.port} of ${d.host}: the address is in use (EADDRINUSE)`,
    why:
      d.holder === null
        ? "another program of this machine listens there, perhaps another node"
        : `${d.holder} of this node listens there`,
    cure:
      d.holder === null
        ? "choose another port in the application's environment, or stop that program"
        : "start one listener for each port; port 0 lets the system choose one",
  }),
  "http/bad_response": (d: { call: string; value: string; why: string }) => ({
    what: `Cannot answer a request: ${d.call} returned ${d.value}`,
    why: d.why,
    cure: "return a Response of its own for each request, or a promise of one",
  }),
  "http/listen_failed": (d: { host: string; port: number; code: string; reason: string }) => ({
    what: `Cannot listen on port ${d.port} of ${d.host}: ${d.code}`,
    why: d.reason,
    cure:
      d.code === "EACCES"
        ? "choose a port above 1023, or give the node the right to use this one"
        : "set host to an address of this machine, and port to a number from 0 to 65535",
  }),
  "http/no_answer": (d: { call: string; request: string; afterMs: number }) => ({
    what: `${d.request} was not answered: ${d.call} has not returned in ${d.afterMs} ms`,
    why: "it waits for something that takes longer, or never comes; the client was told 503",
    cure: "give what it waits for a time limit, or set answerWithinMs of the listener",
  }),
  "http/stream_untaken": (d: { call: string }) => ({
    what: `Cannot answer a request: ${d.call} returned a stream that no process has taken`,
    why: "nobody would ever write into it",
    cure: "await Connection.startLink with the stream's socket, most often through a supervisor, before it returns",
  }),
} satisfies Entries;
