"""Components as they are shown: rows, and one with its versions, assets and vulnerabilities."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from hauberk.db.models.component import SEVERITIES
from hauberk.db.repository import DbSession
from hauberk.domain import versions
from hauberk.domain.permissions import Actor
from hauberk.domain.severity import Severity
from hauberk.features.components.repository import ComponentRepository
from hauberk.features.components.schemas import ComponentDetail, ComponentSchema
from hauberk.features.identity.serving import Ids


async def listed(
    session: DbSession, actor: Actor, rows: Sequence[Any], ids: Ids
) -> dict[int, ComponentSchema]:
    """The rows of a page, by component."""
    repository = ComponentRepository(session)
    assets: dict[int, list[Any]] = defaultdict(list)
    for each in await repository.first_assets(actor, [row.id for row in rows]):
        assets[each.id].append(each)
    worst = {number: here[0].worst for number, here in assets.items()}
    flaws = await repository.flaws_of(actor, [each for findings in worst.values() for each in findings])
    return {
        row.id: ComponentSchema.model_validate(
            _shape(row, assets[row.id], ids)
            | {
                "assets": [
                    {
                        "id": ids.encode("ast", each.asset_id),
                        "name": each.name,
                        "fixed_version": each.fixed_version,
                    }
                    for each in assets[row.id]
                ],
                "vulnerabilities": _named(
                    [flaws[each] for each in worst.get(row.id, ()) if each in flaws], ids
                ),
            }
        )
        for row in rows
    }


async def detailed(session: DbSession, actor: Actor, number: int, ids: Ids) -> ComponentDetail:
    """Also of one that no asset has any more."""
    repository = ComponentRepository(session)
    row = await repository.get(actor, number)
    assets = await repository.assets(actor, number)
    flaws = await repository.vulnerabilities(actor, number, [each.asset_id for each in assets])
    return ComponentDetail.model_validate(
        _shape(row, assets, ids)
        | {
            "versions": [_release(each, ids) for each in await repository.versions(actor, row)],
            "assets": [
                {
                    "id": ids.encode("ast", each.asset_id),
                    "name": each.name,
                    "open_findings": each.open_findings,
                    "severity": _worst_of(each),
                    "fixed_version": each.fixed_version,
                }
                for each in assets
            ],
            "vulnerabilities": [
                {
                    "id": ids.encode("vul", each.id),
                    "name": each.name,
                    "title": each.title or each.name,
                    "severity": Severity.of_rank(each.worst),
                    "known_exploited": each.known_exploited,
                    "open_findings": each.open_findings,
                    "fixed_versions": sorted(filter(None, each.fixed), key=versions.sort_key),
                }
                for each in flaws
            ],
        }
    )


def _named(flaws: Sequence[Any], ids: Ids) -> list[dict[str, str]]:
    """Each once: two findings may be about one vulnerability."""
    return [
        {"id": ids.encode("vul", number), "name": name}
        for number, name in {each.id: each.name for each in flaws}.items()
    ]


def _shape(row: Any, assets: Sequence[Any], ids: Ids) -> dict[str, Any]:
    return _release(row, ids) | {
        "name": row.name,
        "ecosystem": row.ecosystem,
        "purl": row.purl,
        "severities": {name: getattr(row, name) for name in reversed(SEVERITIES)},
        "settled_findings": row.settled,
        "known_exploited": row.exploited > 0,
        "fixable_findings": row.fixable,
        "fixed_version": versions.highest(each.fixed_version for each in assets if each.fixed_version),
    }


def _release(row: Any, ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.encode("cmp", row.id),
        "version": row.version or None,
        "severity": None if row.worst < 0 else Severity.of_rank(row.worst),
        "open_findings": row.open_findings,
        "asset_count": row.assets,
    }


def _worst_of(counts: Any) -> Severity | None:
    there = [rank for rank, name in enumerate(SEVERITIES) if getattr(counts, name)]
    return Severity.of_rank(max(there)) if there else None
