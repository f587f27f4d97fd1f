/** The page around every way in: the mail on one side, the form on the other. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { healthQuery } from "@/api/session";
import { Logo } from "@/ui/logo";
import { MailPattern } from "@/ui/mail-pattern";

export function SessionFrame({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  const { data: health } = useQuery(healthQuery);
  useEffect(() => {
    document.title = `${title} · Hauberk`;
  }, [title]);
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)_minmax(420px,40%)] phone:grid-cols-[minmax(0,1fr)] phone:grid-rows-[190px_auto]">
      <aside className="relative flex flex-col justify-end overflow-hidden border-r border-default bg-canvas p-10 phone:border-r-0 phone:border-b phone:p-5">
        <MailPattern className="absolute top-0 left-0 h-[520px] w-full phone:h-60" />
        <div className="relative grid gap-4 phone:-m-5 phone:gap-1 phone:bg-canvas phone:px-5 phone:py-3">
          <span className="inline-flex items-center gap-2 text-xl font-semibold tracking-tighter text-strong">
            <Logo className="size-9" />
            Hauberk
          </span>
          <p className="text-claim leading-[1.08] font-medium tracking-[-0.04em] text-strong phone:text-xl phone:tracking-tighter">
            Many small rings, <br className="phone:hidden" />
            one coat of mail.
          </p>
          <p className="text-md text-muted phone:hidden">
            Every scanner’s findings, joined into one list.
            {health?.version ? ` Version ${health.version}` : ""}
          </p>
        </div>
      </aside>
      <main
        id="main"
        className="grid place-content-center bg-panel p-8 phone:place-content-start phone:justify-center phone:px-5 phone:py-6"
      >
        <div className="grid w-[340px] max-w-full gap-3">
          <div className="mb-2">
            <h1 className="text-xl tracking-tight">{title}</h1>
            <p className="text-muted">{note ?? window.location.host}</p>
          </div>
          {children}
        </div>
      </main>
    </div>
  );
}
