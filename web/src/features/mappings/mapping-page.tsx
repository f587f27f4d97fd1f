/** The page of one mapping, saved or new. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Page } from "@/ui/page";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { MappingEditor } from "./mapping-editor";
import { mappingQuery } from "./queries";

const NEW = "new";

export function MappingPage({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({ ...mappingQuery(id), enabled: id !== NEW });
  return (
    <Page
      title={id === NEW ? "New mapping" : (data?.title ?? "Mapping")}
      scope={
        <Link to="/settings/mappings" className="link">
          Report mappings
        </Link>
      }
    >
      {id === NEW ? (
        <MappingEditor />
      ) : error ? (
        <ErrorState error={error} title="This mapping could not be loaded" onRetry={() => void refetch()} />
      ) : data ? (
        <MappingEditor key={data.version} mapping={data} />
      ) : (
        <SkeletonRows count={4} />
      )}
    </Page>
  );
}
