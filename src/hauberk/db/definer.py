"""SECURITY DEFINER functions: the few acts that cross tenants, each owned by `hauberk_system` and granted to the app."""

from alembic import op


def create_system_function(signature: str, body: str) -> None:
    """Creates or replaces one function.

    `signature` is name and argument types as `grant` wants them; `body` is the whole `create or replace function`.
    Every function pins its search path: a definer function that trusts the caller's path can be made to run his code.
    """
    assert "security definer" in body, signature
    assert "set search_path = pg_catalog, public" in body, signature
    op.execute("grant create on schema public to hauberk_system")
    op.execute(body)
    op.execute(f"alter function {signature} owner to hauberk_system")
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to hauberk_app")
    op.execute("revoke create on schema public from hauberk_system")
