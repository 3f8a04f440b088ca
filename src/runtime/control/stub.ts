// The text of `bin/<release>`: a POSIX shell script that runs the control script of the release that is to be started.
//
// It knows no version: it outlives every upgrade of the target directory that it lies in. It does what must be done before
// a runtime is known, and no more; everything else, and every check, is the script's (script.ts).

import type { Name } from "../../release/data.ts";
import { isFileName } from "../../release/names.ts";

/**
 * The control stub of a release. `var/<instance>/start.json` says which runtime and which Underway it starts; if that
 * file is not there yet, or was lost, `releases/start.json` does, and the script finds its way from there.
 */
export function stubText(name: Name): string {
  // It stands in the script's text.
  if (!isFileName(name)) throw new TypeError(`${JSON.stringify(name)} cannot be the name of a release`);
  return `#!/bin/sh
# Control script of the release ${name}: finds the release to run and hands over to that release's own script.
set -eu
unset CDPATH
fail() {
  printf '%s\\n' "Cannot run ${name}: $2" >&2
  exit "$1"
}
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname -- "$self")/$link ;;
  esac
done
root=$(cd -- "$(dirname -- "$self")/.." && pwd -P)
instance=\${UNDERWAY_INSTANCE:-default}
case \${1:-} in
  --instance)
    [ $# -ge 2 ] || fail 2 "--instance needs a name"
    instance=$2
    shift 2
    ;;
  --instance=*)
    instance=\${1#--instance=}
    shift
    ;;
esac
case $instance in
  '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) fail 2 "an instance is named by letters, digits, '.', '_' and '-'" ;;
esac
# field FILE KEY: a text in a JSON file.
field() { sed -n "s/.*\\"$2\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p" "$1" 2>/dev/null | head -n 1; }
for start in "$root/var/$instance/start.json" "$root/releases/start.json"; do
  runtime=$(field "$start" runtime)
  underway=$(field "$start" underway)
  [ -n "$runtime" ] && [ -n "$underway" ] && [ -x "$root/$runtime/bin/node" ] && break
done
[ -n "$runtime" ] && [ -n "$underway" ] || fail 1 "$start does not name a runtime"
[ -x "$root/$runtime/bin/node" ] || fail 1 "$root/$runtime/bin/node is missing"
UNDERWAY_ROOT=$root UNDERWAY_INSTANCE=$instance UNDERWAY_RELEASE_NAME=${name}
export UNDERWAY_ROOT UNDERWAY_INSTANCE UNDERWAY_RELEASE_NAME
exec "$root/$runtime/bin/node" "$root/$underway/dist/runtime/control/script.js" "$@"
`;
}
