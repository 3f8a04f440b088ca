// The Unix socket `var/<instance>/control.sock`: only its owner can open it, and its path may be longer than the kernel's
// 107 bytes (103 on macOS).
//
// A longer path is reached by its folder: binding and connecting are synchronous, so the process stands in the folder for
// a moment that nobody else sees. Refused: a link elsewhere, which another user could put there first.

import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { basename, dirname } from "node:path";
import { UnderwayError } from "../../error.ts";

const pathBytesMax = 103;

// API.

/**
 * Listens with mode 0600. What is left of a node that was killed is replaced: whoever calls holds the node's lock.
 *
 * @throws control/no_socket
 */
export const listen = (path: string, onConnection: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    // Not once: a failure to listen can be followed by others.
    server.on("error", (cause) =>
      reject(new UnderwayError("control/no_socket", { path, reason: cause.message }, { cause })),
    );
    server.once("listening", () => resolve(server));
    rmSync(path, { force: true });
    // The file is made by the call below, in the same turn: at no moment has it another mode.
    const umask = process.umask(0o177);
    try {
      atFolder(path, (name) => server.listen(name));
      chmodSync(path, 0o600);
    } catch (cause) {
      // An error event follows when it is the call itself that failed.
      server.emit("error", cause as Error);
    } finally {
      process.umask(umask);
    }
  });

/** Stops listening and removes the file. */
export const stopListening = (server: Server, path: string): void => {
  // Closing removes the file by the name it was bound to, which may be relative.
  atFolder(path, () => server.close());
  rmSync(path, { force: true });
};

/** Connects; null when nobody listens, though a killed node may have left the file. */
export const connectTo = (path: string): Promise<Socket | null> =>
  new Promise((resolve, reject) => {
    const socket = atFolder(path, (name) => connect(name));
    if (socket === null) return resolve(null);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      // Later ones end the connection, and whoever reads it sees that.
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", (cause: NodeJS.ErrnoException) => {
      const nobody = cause.code === "ENOENT" || cause.code === "ECONNREFUSED" || cause.code === "ENOTDIR";
      if (nobody) resolve(null);
      else reject(new UnderwayError("control/no_socket", { path, reason: cause.message }, { cause }));
    });
  });

// Internal.

/** Calls `use` with a name of `path` that is short enough. Null when its folder cannot be entered. */
function atFolder<T>(path: string, use: (name: string) => T): T | null {
  if (Buffer.byteLength(path) <= pathBytesMax) return use(path);
  const before = process.cwd();
  try {
    process.chdir(dirname(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UnderwayError("control/no_socket", { path, reason: (cause as Error).message }, { cause });
  }
  try {
    return use(basename(path));
  } finally {
    process.chdir(before);
  }
}
