// How a module is called in messages to a person.

import type { ModuleId } from "../../release/data.ts";

/** Under this property a handle names its module. Modules loaded by plain Node have none. */
export const MODULE: unique symbol = Symbol.for("underway.module");

/** The module behind a handle; undefined for a namespace that plain Node has loaded. */
export const moduleOf = (handle: object): ModuleId | undefined => (handle as { [MODULE]?: ModuleId })[MODULE];

/** The module's name, or a placeholder for a module loaded by plain Node. */
export const moduleName = (handle: object): string => moduleOf(handle) ?? "(module)";
