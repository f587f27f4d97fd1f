/** Which page an id leads to. */
const PAGES: Record<string, string> = {
  fnd: "findings",
  ast: "assets",
  scn: "scans",
  vul: "vulnerabilities",
  cmp: "components",
};

/** "fnd_4c1we70x16ec2", as it stands in a ticket or a terminal → "/findings/fnd_4c1we70x16ec2". */
export function pageOfId(text: string): string | null {
  const page = PAGES[/^([a-z]{3})_[0-9a-z]+$/.exec(text)?.[1] ?? ""];
  return page ? `/${page}/${text}` : null;
}
