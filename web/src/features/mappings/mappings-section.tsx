/** The report formats that this organization described itself. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef } from "react";
import { useMay } from "@/api/session";
import type { Mapping } from "@/api/types";
import { useRowKeys } from "@/lib/row-keys";
import { KIND_WORD } from "@/lib/words";
import { buttonStyle } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { Time } from "@/ui/time";
import { mappingsQuery } from "./queries";

function NewMapping({ look = "filled" }: { look?: "filled" | "plain" }) {
  return (
    <Link to="/settings/mappings/$id" params={{ id: "new" }} className={buttonStyle({ look })}>
      <Plus size={15} aria-hidden="true" />
      New mapping
    </Link>
  );
}

export function MappingsSection() {
  const mappings = useQuery(mappingsQuery);
  const mayTry = useMay("scans:write");
  const list = useRef<HTMLUListElement>(null);
  useRowKeys(list);
  return (
    <Panel>
      <PanelHead title="Report mappings" note="Formats of your own, described in a document instead of code.">
        {mayTry && <NewMapping />}
      </PanelHead>
      <QueryList
        query={mappings}
        things="mappings"
        skeleton={{ count: 3, height: "h-[52px]" }}
        empty={
          <EmptyState title="No mappings">
            A tool that nobody else has? Put one of its reports beside a short document that says what stands
            where, see what is read of it, and save it: uploads then take it like any other.
          </EmptyState>
        }
      >
        {(items) => (
          <ul ref={list}>
            {items.map((mapping) => (
              <Row key={mapping.id} mapping={mapping} />
            ))}
          </ul>
        )}
      </QueryList>
    </Panel>
  );
}

function Row({ mapping }: { mapping: Mapping }) {
  return (
    <li className="border-t border-faint">
      <Link
        to="/settings/mappings/$id"
        params={{ id: mapping.id }}
        data-row-link
        className="focus-inset flex min-h-[52px] flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-1.5 hover:bg-hover"
      >
        <span className="min-w-0 flex-1 basis-48">
          <span className="font-medium text-strong">{mapping.title}</span>
          <span className="block truncate text-xs text-muted">
            {mapping.kinds.map((kind) => KIND_WORD[kind]).join(", ")} ·{" "}
            <code className="font-mono">{mapping.format}</code>
          </span>
        </span>
        <Chip size="sm">{mapping.is_recognised ? "Recognised" : "Named by the upload"}</Chip>
        <span className="text-xs text-muted">
          {mapping.updated_by?.name} <Time at={mapping.updated_at} />
        </span>
      </Link>
    </li>
  );
}
