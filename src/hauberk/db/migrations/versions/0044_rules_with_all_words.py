"""The rules that hold all words of a search, looked up at once: two frequent words may stand together nowhere.

Looked up one by one, each word had too many rules to name, and every finding was asked whether its rule holds them.
"""

from alembic import op

from hauberk.db.definer import create_system_function

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('hauberk.organization_id', true), '')::int"
WORDS = "word_trigrams(t.organization_id, t.words)"
# As `rules_containing`, which the release before still asks: arrays are not leakproof, so it holds to the organization of
# the transaction itself; what is longer than is looked through has the number of nothing.
SIGNATURE = "rules_containing_all(text[], int)"
FUNCTION = rf"""
create function rules_containing_all(fragments text[], at_most int) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public as $$
  select t.id from rule_text t where t.organization_id = {TENANT}
    and t.words like all (
      array(select '%' || regexp_replace(lower(f), '([\\%_])', '\\\1', 'g') || '%' from unnest(fragments) f))
    and (
      {WORDS} @> array(select distinct n from unnest(fragments) f, unnest(word_trigrams({TENANT}, lower(f))) n)
      or {WORDS} @> array[{TENANT}::int8 * 4294967296])
  limit at_most
$$"""


def upgrade() -> None:
    create_system_function(SIGNATURE, FUNCTION)


def downgrade() -> None:
    op.execute(f"drop function {SIGNATURE}")
