"""Sending: takes what is due from the ledger, tries once, and writes down what came of it.

It runs in threads of the leading scheduler and needs neither queue nor worker: news of those being down must get out.
"""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import INTERVAL

from hauberk.db import installation
from hauberk.db.models.identity import User
from hauberk.db.models.notification import NotificationAttempt as Attempt
from hauberk.db.models.notification import NotificationChannel as Channel
from hauberk.db.models.notification import NotificationDelivery as Delivery
from hauberk.db.session import transaction
from hauberk.domain.alert import Notice
from hauberk.features.notifications import links, sealing
from hauberk.features.notifications.channel import Accepted, Desk, NotAccepted
from hauberk.features.notifications.channels import email, kinds
from hauberk.features.notifications.ledger import PERSON
from hauberk.features.notifications.metrics import TRIED
from hauberk.infra.crypto import Undecipherable
from hauberk.infra.http import (
    BlockingOutbound,
    CallFailed,
    CircuitOpen,
    DestinationRefused,
    blocking_outbound,
)
from hauberk.infra.settings import Settings
from hauberk.jobs.retries import retried
from hauberk.kit import clock

MAX_ATTEMPTS: Final = 10
"""Over about three hours; then it is dead, and an administrator can send it again."""
FIRST_PAUSE_SECONDS: Final = 10.0
MAX_PAUSE_SECONDS: Final = 3_600.0
LEASE: Final = timedelta(minutes=2)
AT_ONCE: Final = 20
THREADS: Final = 2

_CLAIM = text("select organization_id, id from claim_deliveries(:at_most, :lease)").bindparams(
    bindparam("lease", type_=INTERVAL)
)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One delivery as it is to be sent."""

    organization_id: int
    delivery: Row[Any]
    channel: Row[Any] | None
    email: str | None
    public_id: str


def send_due(engine: Engine, settings: Settings) -> int:
    """Until nothing is due any more; answers how many were tried."""
    tried = 0
    while due := _claim(engine):
        with (
            blocking_outbound(settings) as http,
            ThreadPoolExecutor(THREADS, thread_name_prefix="notices") as pool,
        ):
            for done in [pool.submit(send_one, engine, settings, http, *each) for each in due]:
                done.result()
        tried += len(due)
    return tried


def _claim(engine: Engine) -> list[tuple[int, int]]:
    with transaction(engine) as connection:
        rows = connection.execute(_CLAIM, {"at_most": AT_ONCE, "lease": LEASE}).all()
    return [(row.organization_id, row.id) for row in rows]


def send_one(
    engine: Engine, settings: Settings, http: BlockingOutbound, organization_id: int, delivery_id: int
) -> None:
    """One attempt. Nothing is locked meanwhile; the claim keeps others away."""
    with transaction(engine, organization_id) as connection:
        letter = _read(connection, organization_id, delivery_id)
    if letter is None:
        return
    began = time.monotonic()
    outcome: Accepted | NotAccepted
    try:
        outcome = _try(settings, http, letter)
    except NotAccepted as refusal:
        outcome = refusal
    except DestinationRefused as error:
        outcome = NotAccepted(error.message, is_final=True)
    except (CallFailed, CircuitOpen) as error:
        outcome = NotAccepted(error.message, retry_after=error.retry_after)
    except (Undecipherable, ValidationError) as error:
        outcome = NotAccepted(f"Its configuration cannot be read: {error}"[:300], is_final=True)
    except Exception:  # noqa: BLE001 - one that breaks must not keep the others
        _log.exception("delivery_failed", delivery=letter.public_id, kind=letter.delivery.kind)
        outcome = NotAccepted("Something went wrong here; the log has it.")
    with transaction(engine, organization_id) as connection:
        _note(connection, letter, outcome, round((time.monotonic() - began) * 1000))


def _read(connection: Connection, organization_id: int, delivery_id: int) -> _Letter | None:
    delivery = connection.execute(
        select(Delivery.__table__).where(
            Delivery.organization_id == organization_id,
            Delivery.id == delivery_id,
            Delivery.state == "waiting",
        )
    ).one_or_none()
    if delivery is None:
        return None
    channel = None
    if delivery.channel_id is not None:
        channel = connection.execute(
            select(Channel.__table__).where(
                Channel.organization_id == organization_id, Channel.id == delivery.channel_id
            )
        ).one_or_none()
    address = connection.scalar(select(User.email).where(User.id == delivery.user_id))
    public_id = installation.read(connection).public_ids.encode("dlv", delivery_id)
    return _Letter(organization_id, delivery, channel, address, public_id)


def _try(settings: Settings, http: BlockingOutbound, letter: _Letter) -> Accepted:
    delivery = letter.delivery
    notice = Notice.from_json(delivery.notice)
    if delivery.kind == PERSON:
        if letter.email is None:
            raise NotAccepted("This person is gone.", is_final=True)
        token = links.write(
            settings.key_ring,
            organization_id=letter.organization_id,
            user_id=delivery.user_id,
            dedup_key=notice.dedup_key,
        )
        url = f"{settings.base_url}/acknowledge#token={token}"
        return email.send(notice, Desk(http, settings, letter.public_id, url), [letter.email])
    channel = letter.channel
    if channel is None or not channel.is_enabled:
        raise NotAccepted(f"The channel is {'gone' if channel is None else 'disabled'}.", is_final=True)
    kind = kinds()[channel.kind]
    configuration = kind.configuration.model_validate(channel.configuration)
    secret = kind.secret.model_validate(sealing.open_secret(settings.key_ring, channel))
    return kind.deliver(configuration, secret, notice, Desk(http, settings, letter.public_id))


def _note(connection: Connection, letter: _Letter, outcome: Accepted | NotAccepted, took_ms: int) -> None:
    """The attempt, and what becomes of the delivery: its end, or another try after a longer pause."""
    delivery, attempts = letter.delivery, letter.delivery.attempts + 1
    is_end = isinstance(outcome, Accepted) or outcome.is_final or attempts >= MAX_ATTEMPTS
    values: dict[str, Any] = {"attempts": attempts}
    if isinstance(outcome, Accepted):
        values |= {"state": "delivered", "reference": outcome.reference, "error": None}
        word, detail = "accepted", outcome.reference or ""
    else:
        values |= {"state": "dead" if is_end else "waiting", "error": outcome.detail}
        word, detail = ("refused" if outcome.is_final else "failed"), outcome.detail
        if not is_end:
            values["next_attempt_at"] = clock.now() + timedelta(seconds=pause(attempts, outcome.retry_after))
    if is_end:
        values["ended_at"] = clock.now()
    connection.execute(
        insert(Attempt).values(
            organization_id=letter.organization_id,
            delivery_id=delivery.id,
            outcome=word,
            code=outcome.code,
            detail=detail,
            duration_ms=took_ms,
        )
    )
    connection.execute(
        update(Delivery)
        .where(
            Delivery.organization_id == letter.organization_id,
            Delivery.id == delivery.id,
            Delivery.state == "waiting",
        )
        .values(values)
    )
    if isinstance(outcome, NotAccepted) and outcome.is_gone and letter.channel is not None:
        connection.execute(
            update(Channel)
            .where(Channel.organization_id == letter.organization_id, Channel.id == letter.channel.id)
            .values(is_enabled=False, disabled_reason="The receiver answered that it is gone (410).")
        )
    TRIED.labels(delivery.kind, word).inc()
    _log.info(
        "notice_sent" if values.get("state") == "delivered" else "notice_not_sent",
        delivery=letter.public_id,
        kind=delivery.kind,
        attempt=attempts,
        outcome=word,
        code=outcome.code,
    )


@retried("notices", attempts=MAX_ATTEMPTS, most_seconds=1.2 * MAX_PAUSE_SECONDS)
def pause(attempts: int, asked_for: float | None = None) -> float:
    """Seconds until the next try: 10, 20, 40 … up to an hour, scattered, and never sooner than was asked for."""
    grown = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (attempts - 1))
    return max(grown * random.uniform(0.8, 1.2), min(asked_for or 0.0, MAX_PAUSE_SECONDS))  # noqa: S311 - spreads
