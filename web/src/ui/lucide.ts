/** Draws an icon of lucide-react, in place of its own drawing, which also knows a context, aliases and other frameworks: the
    build puts this where the icons ask for that (vite.config.ts). */
import { createElement, type ReactNode, type SVGProps } from "react";

export type IconData = { name: string; node: [tag: string, attributes: Record<string, string>][] };
type IconProps = SVGProps<SVGSVGElement> & { size?: number };

/** Hidden from readers unless it says something itself, as lucide-react does it. */
export default function createLucideIcon({ name, node }: IconData): (props: IconProps) => ReactNode {
  const lines = node.map(([tag, attributes]) => createElement(tag, attributes));
  return ({ size = 24, className = "", ...rest }) =>
    createElement(
      "svg",
      {
        width: size,
        height: size,
        viewBox: "0 0 24 24",
        fill: "none",
        stroke: "currentColor",
        strokeWidth: 2,
        strokeLinecap: "round",
        strokeLinejoin: "round",
        className: `lucide lucide-${name} ${className}`,
        "aria-hidden": rest["aria-label"] === undefined && rest.role === undefined ? "true" : undefined,
        ...rest,
      },
      lines,
    );
}
