/** Writes the primitive colours (layer 1 of tokens.css) into the tokens that use them: no component may name them, so no
    browser needs to hear of them. */
import type { AcceptedPlugin } from "postcss";

export function primitives(): AcceptedPlugin {
  return {
    postcssPlugin: "hauberk:primitives",
    OnceExit(root) {
      const colours = new Map<string, string>();
      root.walkDecls(/^--p-/, (declaration) => {
        colours.set(declaration.prop, declaration.value);
        declaration.remove();
      });
      root.walkDecls((declaration) => {
        if (declaration.value.includes("var(--p-"))
          declaration.value = declaration.value.replace(/var\((--p-[\w-]+)\)/g, (_, name: string) => {
            const colour = colours.get(name);
            if (colour === undefined) throw declaration.error(`tokens.css has no ${name}`);
            return colour;
          });
      });
    },
  };
}
