// The text of `bin/<release>`: a POSIX shell script that runs the control script of the release that is to be started.
//
// It knows no version: it outlives every upgrade of the target directory that it lies in.

import type { Name } from "../../release/data.ts";

/** The control stub of a release. */
export const stubText = (name: Name): string => `#!/bin/sh
# Control script of the release ${name}: finds the release to run and hands over to that release's own script.
set -eu
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
root=$(cd "$(dirname "$self")/.." && pwd -P)
instance=\${UNDERWAY_INSTANCE:-default}
if [ "\${1:-}" = --instance ]; then
  if [ $# -lt 2 ]; then
    echo "Cannot run ${name}: --instance needs a name" >&2
    exit 2
  fi
  instance=$2
  shift 2
fi
start=$root/var/$instance/start.json
[ -f "$start" ] || start=$root/releases/start.json
field() { sed -n "s/.*\\"$1\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p" "$start"; }
runtime=$(field runtime)
underway=$(field underway)
if [ -z "$runtime" ] || [ -z "$underway" ]; then
  echo "Cannot run ${name}: $start does not name a runtime" >&2
  exit 1
fi
UNDERWAY_ROOT=$root UNDERWAY_INSTANCE=$instance UNDERWAY_RELEASE_NAME=${name}
export UNDERWAY_ROOT UNDERWAY_INSTANCE UNDERWAY_RELEASE_NAME
exec "$root/$runtime/bin/node" "$root/$underway/dist/runtime/control/script.js" "$@"
`;
