// Loads the modules of a release of examples/chat into plain Node: they are ordinary ES modules. (design.md 5)

import { registerHooks } from "node:module";

const examples = new URL("../../examples/chat/", import.meta.url);

// `presence/tracker` is a module of the application `presence` of the release that asks; Node by itself looks for a package.
registerHooks({
  resolve(specifier, context, next) {
    const [, application, module] = /^(presence|stats)\/(.+)$/.exec(specifier) ?? [];
    const release = /examples\/chat\/([^/]+)\//.exec(context.parentURL ?? "")?.[1];
    if (application === undefined || release === undefined) return next(specifier, context);
    return next(new URL(`${release}/apps/${application}/src/${module}.ts`, examples).href, context);
  },
});

/** A module of a release: `chatModule<Room>("0.2.0", "chat/room")`. */
export const chatModule = async <M>(release: string, module: string): Promise<M> => {
  const [application, name] = module.split("/");
  return (await import(new URL(`${release}/apps/${application}/src/${name}.ts`, examples).href)) as M;
};
