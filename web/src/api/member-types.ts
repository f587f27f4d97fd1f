/** Who gets in: members and their sessions, service accounts, tokens and secrets. */
import type { Role } from "./types";

export type ApiToken = {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  is_expired: boolean;
};
export type NewApiToken = {
  id: string;
  token: string;
  name: string;
  scopes: string[];
  expires_at: string | null;
};
export type ClientSecret = {
  id: string;
  hint: string;
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
};
export type ServiceAccount = {
  id: string;
  name: string;
  role: Role;
  scopes: string[];
  is_disabled: boolean;
  created_at: string;
  secrets: ClientSecret[];
};
export type Member = {
  id: string;
  email: string;
  name: string;
  role: Role;
  is_disabled: boolean;
  created_at: string;
  last_sign_in_at: string | null;
};
export type PendingInvitation = { id: string; email: string; role: Role; url?: string; expires_at: string };
export type BrowserSession = {
  id: string;
  is_current: boolean;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  user_agent: string | null;
  remote_address: string | null;
};
