/** The phone's further places. */
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { Menu, MenuItem } from "@/ui/menu";
import type { Place } from "./places";

export default function MoreMenu({ places, className }: { places: Place[]; className: string }) {
  const navigate = useNavigate();
  const trigger = (
    <button type="button" className={className}>
      <Ellipsis size={20} strokeWidth={1.6} aria-hidden="true" />
      More
    </button>
  );
  return (
    <Menu side="top" trigger={trigger}>
      {places.map((place) => (
        <MenuItem key={place.to} onSelect={() => void navigate({ to: place.to })}>
          <place.icon size={16} strokeWidth={1.75} /> {place.label}
        </MenuItem>
      ))}
    </Menu>
  );
}
