import { describe, expect, it } from "vitest";
import { formatSearch, oneOf, parseSearch, safePath, unlessFirst } from "@/lib/url-state";

describe("the address", () => {
  it("stays readable, and comes back as it went", () => {
    const search = formatSearch({ q: "severity:critical,high is:open", sort: undefined });
    expect(search).toBe("?q=severity:critical,high+is:open");
    expect(parseSearch(search)).toEqual({ q: "severity:critical,high is:open" });
  });

  it("tells an empty filter from none", () => {
    expect(formatSearch({ q: "" })).toBe("?q=");
    expect(formatSearch({})).toBe("");
  });

  it("keeps what must be escaped escaped", () => {
    expect(parseSearch(formatSearch({ q: "a&b=c #1 +x" }))).toEqual({ q: "a&b=c #1 +x" });
  });

  it("takes only words it knows", () => {
    expect(oneOf("-priority", ["-priority", "id"])).toBe("-priority");
    expect(oneOf("drop table", ["-priority", "id"])).toBeUndefined();
    expect(unlessFirst("-priority", ["-priority", "id"])).toBeUndefined();
    expect(unlessFirst("id", ["-priority", "id"])).toBe("id");
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", undefined])(
    "never leads off this site: %s",
    (next) => {
      expect(safePath(next)).toBe("/");
    },
  );

  it("leads back to where a person wanted to go", () => {
    expect(safePath("/findings?q=is:open")).toBe("/findings?q=is:open");
  });
});
