"""Secrets at rest: each under a data key of its own, bound to its row, wrapped again without being opened."""

import os
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hauberk.infra.crypto import KeyRing, SecretKey, SecretKeyMissing, Undecipherable, derive
from hauberk.infra.envelope import Place, Sealed, seal, unseal, wrap_again

OLD = SecretKey("old", b"a" * 43)
NEW = SecretKey("new", b"b" * 43)
BEFORE, DURING, AFTER = KeyRing([OLD]), KeyRing([NEW, OLD]), KeyRing([NEW])
PLACE = Place("notification_channel", "secret", 7, 12)
PLAIN = b"https://hooks.example.org/T0/B0/secret-part"


def test_what_was_sealed_opens_where_it_was_sealed_and_shows_nothing():
    sealed = seal(BEFORE, PLACE, PLAIN)
    assert PLAIN[8:20] not in sealed.raw
    assert "secret-part" not in repr(sealed)
    assert unseal(BEFORE, PLACE, sealed) == PLAIN


@pytest.mark.parametrize(
    "elsewhere",
    [{"id": 13}, {"organization_id": 8}, {"table": "organization"}, {"column": "configuration"}],
    ids=lambda change: next(iter(change)),
)
def test_moved_elsewhere_it_does_not_open(elsewhere):
    sealed = seal(BEFORE, PLACE, PLAIN)
    for attempt in (unseal, wrap_again):
        with pytest.raises(Undecipherable, match="another row"):
            attempt(BEFORE, replace(PLACE, **elsewhere), sealed)


def test_the_data_key_of_one_value_opens_no_other_value_of_the_same_row():
    ours, theirs = seal(BEFORE, PLACE, PLAIN), seal(BEFORE, PLACE, b"another secret")
    head, wrapped, _ = ours.parts
    _, _, value = theirs.parts
    with pytest.raises(Undecipherable):
        unseal(BEFORE, PLACE, Sealed(head + wrapped + value))


def test_a_rotation_makes_the_wrapping_again_and_leaves_the_value_as_it_is():
    sealed = seal(BEFORE, PLACE, PLAIN)
    again = wrap_again(DURING, PLACE, sealed)
    assert (sealed.kid, again.kid) == ("old", "new")
    assert sealed.parts[2] == again.parts[2]
    assert unseal(DURING, PLACE, sealed) == unseal(AFTER, PLACE, again) == PLAIN


def test_without_its_key_it_is_said_which_one_and_what_to_do():
    with pytest.raises(SecretKeyMissing, match=r"'old'.*Put it back.*hauberk secret rotate"):
        unseal(AFTER, PLACE, seal(BEFORE, PLACE, PLAIN))


@pytest.mark.parametrize("place", range(0, 130, 7))
def test_one_changed_byte_is_noticed(place):
    changed = bytearray(seal(DURING, PLACE, PLAIN).raw)
    changed[place] ^= 1
    with pytest.raises(Undecipherable):
        unseal(DURING, PLACE, Sealed(bytes(changed)))


@pytest.mark.parametrize(
    "garbage", [b"", b"\x02", b"\x02\xff", b"\x01\x03new", b"\x02\x03new", b"hello" * 40]
)
def test_garbage_is_refused(garbage):
    with pytest.raises(Undecipherable):
        unseal(DURING, PLACE, Sealed(garbage))


@pytest.mark.parametrize(
    ("place", "purpose", "context"),
    [
        (PLACE, "notification-channel", b"7/12"),
        (Place("organization", "identity_key", 7, 7), "identity-key", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_from_before_there_were_data_keys_open_and_get_one(place, purpose, context):
    head, nonce = b"\x01\x03old", os.urandom(12)
    first = Sealed(head + nonce + AESGCM(derive(OLD, purpose)).encrypt(nonce, PLAIN, head + context))
    assert unseal(DURING, place, first) == PLAIN
    again = wrap_again(DURING, place, first)
    assert (again.version, again.kid) == (2, "new")
    assert unseal(AFTER, place, again) == PLAIN
