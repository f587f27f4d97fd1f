/** The signed link of a call. A button acknowledges, so that a mail program that opens links does not. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { Button, buttonStyle } from "@/ui/button";
import { ProblemNote } from "@/ui/problem-note";
import { SessionFrame } from "./frame";
import { takeToken } from "./sign-in";

type LinkedAlert = {
  title: string;
  summary: string;
  is_over: boolean;
  is_acknowledged: boolean;
  person: string;
};

export function AcknowledgePage() {
  const [token] = useState(takeToken);
  const { data, error } = useQuery({
    queryKey: ["alert-link"],
    queryFn: () => api.post<LinkedAlert>("/alerts/link", { token }),
    enabled: token !== null,
    retry: false,
  });
  const acknowledge = useMutation({
    mutationFn: () => api.post<LinkedAlert>("/alerts/link/acknowledge", { token }),
  });
  const seen = acknowledge.data ?? data;
  if (token === null || error)
    return (
      <SessionFrame
        title="This link does not work"
        note="It is not complete, or its day is over. Sign in to see what fires."
      >
        <Link to="/alerts" className={buttonStyle({ size: "lg" })}>
          See the alerts
        </Link>
      </SessionFrame>
    );
  if (seen === undefined) return <SessionFrame title="Acknowledge an alert">{null}</SessionFrame>;
  const isDone = seen.is_acknowledged || seen.is_over;
  return (
    <SessionFrame title={seen.title} note={seen.summary}>
      {isDone ? (
        <p role="status" className="text-md text-strong">
          {seen.is_over && !acknowledge.data ? "It is over." : "Acknowledged. Nobody else is called."}
        </p>
      ) : (
        <Button
          look="filled"
          size="lg"
          autoFocus
          isBusy={acknowledge.isPending}
          onClick={() => acknowledge.mutate()}
        >
          <Check size={16} aria-hidden="true" />
          Acknowledge as {seen.person}
        </Button>
      )}
      <ProblemNote error={acknowledge.error} />
      <Link to="/alerts" className="link text-xs">
        See the alerts
      </Link>
    </SessionFrame>
  );
}
