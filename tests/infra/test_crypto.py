"""Keys by purpose: what one opens no other opens, and an older key still does."""

import pytest

from hauberk.infra.crypto import KeyRing, SecretKey, Undecipherable, derive

OLD = SecretKey("old", b"a" * 43)
NEW = SecretKey("new", b"b" * 43)
RING = KeyRing([NEW, OLD])


def test_what_was_encrypted_is_opened_with_its_purpose_and_context_only():
    sealed = RING.encrypt("mail", b"secret", context=b"row 7")
    assert b"secret" not in sealed
    assert RING.decrypt("mail", sealed, context=b"row 7") == b"secret"
    for purpose, context in (("backup", b"row 7"), ("mail", b"row 8"), ("mail", b"")):
        with pytest.raises(Undecipherable):
            RING.decrypt(purpose, sealed, context=context)


def test_what_an_older_key_made_is_still_accepted_after_a_rotation():
    before = KeyRing([OLD])
    assert RING.decrypt("mail", before.encrypt("mail", b"x")) == b"x"
    assert RING.verify("session", b"m", before.sign("session", b"m"))
    assert RING.kids == ("new", "old")


def test_a_key_that_is_gone_opens_nothing():
    with pytest.raises(Undecipherable, match="HAUBERK_SECRET_KEYS"):
        KeyRing([NEW]).decrypt("mail", KeyRing([OLD]).encrypt("mail", b"x"))
    assert not KeyRing([NEW]).verify("session", b"m", KeyRing([OLD]).sign("session", b"m"))


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_one_changed_byte_is_noticed(place):
    sealed = bytearray(RING.encrypt("mail", b"a longer message, so that forty bytes are there"))
    sealed[place] ^= 1
    with pytest.raises(Undecipherable):
        RING.decrypt("mail", bytes(sealed))


@pytest.mark.parametrize("garbage", [b"", b"\x01", b"\x01\xff", b"hello"])
def test_garbage_is_refused(garbage):
    with pytest.raises(Undecipherable):
        RING.decrypt("mail", garbage)


def test_purposes_have_keys_of_their_own():
    assert derive(NEW, "a") != derive(NEW, "b")
    assert RING.derive("a") == derive(NEW, "a")
    assert RING.derive("a", kid="old") == derive(OLD, "a")


def test_a_ring_without_keys_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        KeyRing([])


def test_a_secret_is_not_shown():
    assert "aaaa" not in repr(OLD)
