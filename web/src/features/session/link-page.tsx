/** The one-time sign-in link. A button posts it, so that a mail scanner that opens links does not use it up. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { isProblem } from "@/api/problem";
import type { SignedIn } from "@/api/types";
import { Button, buttonStyle } from "@/ui/button";
import { FormError } from "@/ui/field";
import { SessionFrame } from "./frame";
import { takeToken, useEnter } from "./sign-in";

export function LinkPage() {
  const enter = useEnter();
  const [token] = useState(takeToken);
  const signIn = useMutation({
    mutationFn: () => api.post<SignedIn>("/auth/link", { token }),
    onSuccess: (signedIn) => enter(signedIn, "/"),
  });
  if (token === null)
    return (
      <SessionFrame
        title="This link is not complete"
        note="The part after # is missing. Copy the whole line, or ask for a new link."
      >
        <Link to="/sign-in" className={buttonStyle({ size: "lg" })}>
          Sign in with a password
        </Link>
      </SessionFrame>
    );
  return (
    <SessionFrame title="Sign in with this link" note="It works once, and for 15 minutes.">
      {signIn.error && (
        <FormError>
          {isProblem(signIn.error)
            ? [signIn.error.title, signIn.error.detail].filter(Boolean).join(". ")
            : "The link did not work."}
        </FormError>
      )}
      <Button look="filled" size="lg" autoFocus isBusy={signIn.isPending} onClick={() => signIn.mutate()}>
        <LogIn size={16} />
        Sign in
      </Button>
      {signIn.error && (
        <Link to="/sign-in" className="link text-xs">
          Sign in with a password
        </Link>
      )}
    </SessionFrame>
  );
}
