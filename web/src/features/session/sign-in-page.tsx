/** Signing in with e-mail and password. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useRef } from "react";
import { api } from "@/api/client";
import { isProblem } from "@/api/problem";
import { signInOptionsQuery } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { Button } from "@/ui/button";
import { FormError, TextField } from "@/ui/field";
import { SessionFrame } from "./frame";
import { useEnter } from "./sign-in";

export function SignInPage({ next }: { next: string }) {
  const enter = useEnter();
  const password = useRef<HTMLInputElement>(null);
  const { data: options } = useQuery(signInOptionsQuery);
  const signIn = useMutation({
    mutationFn: (given: { email: string; password: string }) => api.post<SignedIn>("/auth/login", given),
    onSuccess: (signedIn) => enter(signedIn, next),
    onError: () => {
      password.current?.focus();
      password.current?.select();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    signIn.mutate({ email: String(given.get("email")), password: String(given.get("password")) });
  };
  return (
    <SessionFrame title="Sign in">
      <form onSubmit={submit} className="grid gap-3">
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          fieldSize="lg"
          placeholder="you@example.org"
        />
        <TextField
          ref={password}
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          fieldSize="lg"
        />
        {signIn.error && <FormError>{describe(signIn.error)}</FormError>}
        <Button type="submit" look="filled" size="lg" isBusy={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <p className="text-xs text-muted">
        {options?.signup === "open" ? (
          <>
            No account yet?{" "}
            <Link to="/sign-up" className="link">
              Create one
            </Link>
          </>
        ) : (
          "No account? An administrator of this installation can invite you. Lost your password? They can send you a sign-in link."
        )}
      </p>
    </SessionFrame>
  );
}

function describe(error: unknown): string {
  if (isProblem(error, 429)) return error.detail ?? "Too many attempts. Wait a minute, then try again.";
  if (isProblem(error)) return [error.title, error.detail].filter(Boolean).join(". ");
  return "Signing in did not work. Nothing was changed; try again.";
}
