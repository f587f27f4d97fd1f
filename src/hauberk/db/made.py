"""What the migrations made that no model names: the functions, by their text and how they run, and the triggers.

A function that runs as its owner reads every organization: one that somebody replaced by hand is a door. The test beside
this page compares it with a database that was just migrated, and says what to write here after a migration.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FUNCTIONS: Final = text("""
select p.proname as name, substr(md5(string_agg(
  concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig, p.proowner = 'hauberk_system'::regrole), ' ' order by p.proargtypes::regtype[]::text
)), 1, 12) as digest
from pg_proc p where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') group by 1 order by 1
""")
_TRIGGERS: Final = text("""
select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = 'public'::regnamespace order by 1
""")


async def functions(db: AsyncSession) -> dict[str, str]:
    """Their names, with what they do and as whom."""
    return {row.name: row.digest for row in await db.execute(_FUNCTIONS)}


async def triggers(db: AsyncSession) -> set[str]:
    return set(await db.scalars(_TRIGGERS))


async def altered(db: AsyncSession) -> list[str]:
    """What is not so, as clauses. A function that is no longer ours, of the release before, may stay."""
    there, hooked = await functions(db), await triggers(db)
    changed = sorted(name for name, digest in FUNCTIONS.items() if there.get(name) != digest)
    found = [f"functions are gone or altered: {', '.join(changed[:5])}"] if changed else []
    if lost := sorted(TRIGGERS - hooked):
        found.append(f"triggers are gone: {', '.join(lost[:5])}")
    return found


TRIGGERS: Final = frozenset(
    {
        "finding_delete_counts",
        "finding_delete_vulnerabilities",
        "finding_insert_counts",
        "finding_insert_vulnerabilities",
        "finding_takes_vulnerabilities_along",
        "finding_update_counts",
        "finding_update_vulnerabilities",
        "finding_vulnerability_delete_counts",
        "finding_vulnerability_insert_counts",
    }
)
FUNCTIONS: Final = {
    "accept_invitation": "44d16b38a679",
    "add_member": "2c5c81d0502b",
    "analyze_grown": "78f29b347597",
    "background_state": "309327d2c5da",
    "claim_deliveries": "79a40661eba1",
    "claim_job": "8137e9c170ac",
    "client_secret_was_used": "278445964519",
    "component_name": "8e759418b34e",
    "component_purl": "c9d17cf67508",
    "components_containing": "2fa9a6ff5b2e",
    "count_for_facets": "2199e6435a97",
    "count_for_further_vulnerabilities": "46ffa1e1061a",
    "count_for_vulnerabilities": "8c60ca381632",
    "create_account": "0d3f1c19de40",
    "create_first_account": "2488af16b6fc",
    "create_sign_in_link": "c649406defd8",
    "dead_letters": "34da8c5e283c",
    "disable_user": "3a6fdc5d8c46",
    "end_other_sessions": "0af582d7bf76",
    "end_session": "fb601297670d",
    "extend_leases": "75e3d1d5b9d6",
    "find_client_secret": "bc76330f5b67",
    "find_credentials": "07391d03cf14",
    "find_invitation": "f569a0eec4c4",
    "find_session": "44d9f3ba30c3",
    "find_token": "1403aae456d2",
    "findings_between": "cf0bbcd8dc36",
    "findings_ending_between": "452452ff8a13",
    "findings_with_component": "3330fb2e12b1",
    "findings_with_purl": "83032e202449",
    "firing_alerts": "389781c63f66",
    "forget_process": "e1cc30c595d2",
    "invariant_state": "46c6fad1b98d",
    "job_depths": "07a33430fbd5",
    "job_fairness": "807883180f76",
    "job_outcomes": "5527473b80ab",
    "lead": "969be6a30269",
    "memberships_of": "c4ba2d211048",
    "notification_state": "9315c565d34c",
    "occurrence_address": "1b8a60d9e0ec",
    "open_findings": "e2d06ecfae21",
    "operating_organization": "0e683c9d4e2d",
    "organizations": "5e3e192cd19d",
    "organizations_to_escalate": "e32f1eccf527",
    "organizations_to_watch": "6779e12735df",
    "outbox_due": "0455c27bbd44",
    "overdue_findings": "a39164dcbd55",
    "people_state": "f6cbe6b1d738",
    "places_between": "a426845371e0",
    "places_ending_between": "5f7ed8fa8afa",
    "places_with_component": "028a97a02924",
    "places_with_purl": "59485359f73b",
    "plan_schedule": "a0741a5dd778",
    "probe_organization": "8b3c85ec415c",
    "queue_depths": "fd636580a78c",
    "recent_scans": "1215367d7715",
    "remove_expired_sign_ins": "4a90f9bf015b",
    "report_process": "47b39aa8584b",
    "resign": "4af58ddb5cf1",
    "rule_words": "4394fa092794",
    "rules_containing": "5b5e52d64394",
    "rules_containing_all": "fa52f596c0e6",
    "rules_identified": "56c0dc11935f",
    "seal_event": "e5b54b7f951b",
    "sealed_by_key": "f10e70e7db1c",
    "sealed_elsewhere": "3f7d64e2d9fc",
    "server_activity": "c79b50212d3f",
    "server_replicas": "74872524dd9f",
    "server_slots": "7225ab8dc0fb",
    "server_statements": "c3afba086df4",
    "sessions_of": "13eb0b96574e",
    "set_password": "dd28069bdd25",
    "sign_in_failed": "b0ed54653b24",
    "sign_in_failures": "712987cb6720",
    "sign_in_forgiven": "131a883a428b",
    "sign_in_pressure": "c69b9d12d6f7",
    "sign_in_succeeded": "a134f6ca3ecf",
    "start_scheduled": "17a509bb841e",
    "sweep_jobs": "1f0fc9116267",
    "take_further_vulnerabilities_along": "597d9d7513b5",
    "token_was_used": "2046d92d05df",
    "unreferenced_files": "78df6c8cab30",
    "use_sign_in_link": "88e36f49e1e7",
    "waiting_queues": "49fbcb95ad73",
    "word_trigrams": "a237b2e520c0",
}
