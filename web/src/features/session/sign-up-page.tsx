/** Making an account: openly where that is allowed, else with an invitation. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { api } from "@/api/client";
import { isProblem } from "@/api/problem";
import { signInOptionsQuery } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { Button, buttonStyle } from "@/ui/button";
import { FormError, TextField } from "@/ui/field";
import { SessionFrame } from "./frame";
import { useEnter } from "./sign-in";

type SignUpProps = { invitation?: string; email?: string; title?: string; note?: string };

export function SignUpPage({ invitation, email, title = "Create an account", note }: SignUpProps) {
  const enter = useEnter();
  const { data: options } = useQuery(signInOptionsQuery);
  const signUp = useMutation({
    mutationFn: (given: Record<string, string>) =>
      api.post<SignedIn>("/auth/signup", { ...given, invitation }),
    onSuccess: (signedIn) => enter(signedIn, "/"),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signUp.mutate(
      Object.fromEntries(
        [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]),
      ),
    );
  };
  const problem = isProblem(signUp.error) ? signUp.error : null;
  if (invitation === undefined && options?.signup === "invitation")
    return (
      <SessionFrame
        title="By invitation"
        note="This installation takes new people by invitation. Ask an administrator for a link."
      >
        <Link to="/sign-in" className={buttonStyle({ size: "lg" })}>
          Sign in
        </Link>
      </SessionFrame>
    );
  return (
    <SessionFrame title={title} note={note}>
      <form onSubmit={submit} className="grid gap-3">
        <TextField
          label="Name"
          name="name"
          autoComplete="name"
          required
          autoFocus
          fieldSize="lg"
          error={problem?.for("name")}
        />
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          fieldSize="lg"
          defaultValue={email}
          readOnly={email !== undefined}
          error={problem?.for("email")}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          maxLength={128}
          fieldSize="lg"
          hint="At least 15 characters; a few words make a good one."
          error={problem?.for("password")}
        />
        {signUp.error && (problem === null || problem.errors.length === 0) && (
          <FormError>
            {problem
              ? [problem.title, problem.detail].filter(Boolean).join(". ")
              : "The account was not made. Try again."}
          </FormError>
        )}
        <Button type="submit" look="filled" size="lg" isBusy={signUp.isPending}>
          Create account
        </Button>
      </form>
      <p className="text-xs text-muted">
        Have an account?{" "}
        <Link to="/sign-in" className="link">
          Sign in
        </Link>
      </p>
    </SessionFrame>
  );
}
