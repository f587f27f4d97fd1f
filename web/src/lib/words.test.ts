import { expect, it } from "vitest";
import { scannerName } from "@/lib/words";

it.each([
  ["npm audit", "npm audit"],
  ["testssl.sh", "testssl.sh"],
  ["cfn_nag", "cfn_nag"],
  ["OpenVAS", "OpenVAS"],
  ["grype", "Grype"],
])(
  "leaves a scanner's own spelling as it is, but for those that are known to write it otherwise: %s",
  (said, shown) => {
    expect(scannerName(said)).toBe(shown);
  },
);
