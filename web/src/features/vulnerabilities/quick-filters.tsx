/** The filters people reach for first. */
import { FilterGap, FilterToggle, FilterToggles, SeverityToggles } from "@/ui/filter-toggle";

type QuickFiltersProps = { q: string; onChange: (q: string) => void };

export function QuickFilters(props: QuickFiltersProps) {
  return (
    <FilterToggles>
      <SeverityToggles {...props} />
      <FilterGap />
      <FilterToggle {...props} term="known_exploited" value="true">
        Known exploited
      </FilterToggle>
      <FilterToggle {...props} term="fix" value="true">
        Has a fix
      </FilterToggle>
    </FilterToggles>
  );
}
