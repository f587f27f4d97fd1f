/** The one action most pages have: send a report. */
import { Link } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useMay } from "@/api/session";
import { buttonStyle } from "@/ui/button";

export function UploadLink({ isFilled = false }: { isFilled?: boolean }) {
  const mayUpload = useMay("scans:write");
  if (!mayUpload) return null;
  return (
    <Link
      to="/scans"
      aria-label="Upload report"
      className={buttonStyle({
        look: isFilled ? "filled" : "plain",
        className: "phone:aspect-square phone:px-0",
      })}
    >
      <Upload size={16} strokeWidth={1.75} />
      <span className="phone:hidden">Upload report</span>
    </Link>
  );
}
