/** An invitation: says where it leads before it asks for anything. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { isProblem } from "@/api/problem";
import type { Invitation } from "@/api/types";
import { buttonStyle } from "@/ui/button";
import { Skeleton } from "@/ui/state";
import { SessionFrame } from "./frame";
import { takeToken } from "./sign-in";
import { SignUpPage } from "./sign-up-page";

export function InvitationPage() {
  const [token] = useState(takeToken);
  const { data, error, isPending } = useQuery({
    queryKey: ["invitation", token],
    enabled: token !== null,
    queryFn: () => api.post<Invitation>("/auth/invitation", { token }),
    retry: false,
  });
  if (token !== null && isPending)
    return (
      <SessionFrame title="Invitation">
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-10 w-full" />
      </SessionFrame>
    );
  if (token === null || error || !data)
    return (
      <SessionFrame
        title="This invitation does not work"
        note={
          isProblem(error)
            ? (error.detail ?? error.title)
            : "The link is not complete, or it was used. Ask for a new one."
        }
      >
        <Link to="/sign-in" className={buttonStyle({ size: "lg" })}>
          Sign in
        </Link>
      </SessionFrame>
    );
  return (
    <SignUpPage
      invitation={token}
      email={data.email}
      title={`Join ${data.organization.name}`}
      note={`You are invited as ${data.role === "admin" ? "an administrator" : `a ${data.role}`}.`}
    />
  );
}
