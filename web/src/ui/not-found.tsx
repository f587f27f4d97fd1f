/** Where an address leads nowhere: inside the frame, so that every other place is one step away. */
import { Link } from "@tanstack/react-router";
import { Button, buttonStyle } from "@/ui/button";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/state";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState
        title="There is nothing at this address"
        action={
          <>
            <Link to="/" className={buttonStyle({ look: "filled" })}>
              Go to the overview
            </Link>
            <Button onClick={() => history.back()}>Back</Button>
          </>
        }
      >
        It may have been removed, or it belongs to an organization that you are not in.
      </EmptyState>
    </Page>
  );
}
