/** The first visit: what will be here, and the one step that fills it. */
import { Link } from "@tanstack/react-router";
import { buttonStyle } from "@/ui/button";
import { MailScrap } from "@/ui/mail-pattern";
import { Panel } from "@/ui/panel";

export default function NothingYet() {
  return (
    <Panel className="grid justify-items-start gap-3 p-8 phone:p-5">
      <MailScrap />
      <h2 className="text-xl tracking-tight">Nothing has been scanned yet</h2>
      <p className="max-w-[60ch] text-md leading-normal text-muted">
        Open findings by severity, their trend, what is late and what nobody scans will stand here. Upload one
        report of any scanner to begin.
      </p>
      <div className="mt-1 flex flex-wrap gap-2">
        <Link to="/scans" className={buttonStyle({ look: "filled" })}>
          Upload a report
        </Link>
        <Link to="/settings/$section" params={{ section: "tokens" }} className={buttonStyle()}>
          Send from CI
        </Link>
      </div>
    </Panel>
  );
}
