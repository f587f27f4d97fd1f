/** Who is signed in: organization, appearance, sign-out. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { api, setCsrfToken } from "@/api/client";
import { sessionQuery, useSession } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { setPreference, usePreferences } from "@/lib/preferences";
import { Avatar } from "@/ui/avatar";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/ui/menu";

const THEMES = [
  { value: "system", label: "As the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;

export default function PersonMenu() {
  const { user, organization, organizations } = useSession();
  const { theme } = usePreferences();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signOut = async () => {
    await api.post("/auth/logout");
    setCsrfToken(null);
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, null);
    await navigate({ to: "/sign-in" });
  };
  const change = async (id: string) => {
    const { csrf_token } = await api.put<SignedIn>("/auth/organization", { organization: id });
    setCsrfToken(csrf_token);
    queryClient.clear();
    location.assign("/");
  };
  const trigger = (
    <button type="button" className="mt-2 grid size-9 place-items-center rounded-full">
      <Avatar name={user.name} />
      <span className="sr-only">, account</span>
    </button>
  );
  return (
    <Menu trigger={trigger} side="right" align="end">
      <div className="px-2 pt-1 pb-1.5">
        <div className="font-medium text-strong">{user.name}</div>
        <div className="text-xs text-muted">{user.email}</div>
      </div>
      <MenuLine />
      {organizations.length > 1 ? (
        <>
          <MenuLabel>Organization</MenuLabel>
          {organizations.map((each) => (
            <MenuChoice
              key={each.id}
              isChosen={each.id === organization.id}
              onSelect={() => void change(each.id)}
            >
              {each.name}
            </MenuChoice>
          ))}
        </>
      ) : (
        <MenuLabel>{organization.name}</MenuLabel>
      )}
      <MenuLine />
      {THEMES.map(({ value, label, icon: Icon }) => (
        <MenuChoice key={value} isChosen={theme === value} onSelect={() => setPreference("theme", value)}>
          <Icon size={15} /> {label}
        </MenuChoice>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => void navigate({ to: "/settings" })}>
        <UserRound size={15} /> Profile
      </MenuItem>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut size={15} /> Sign out
      </MenuItem>
    </Menu>
  );
}
