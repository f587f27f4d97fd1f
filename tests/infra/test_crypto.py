"""Keys by purpose: what one signs no other verifies, and an older key still does."""

import pytest

from hauberk.infra.crypto import KeyRing, SecretKey, SecretKeyMissing, derive

OLD = SecretKey("old", b"a" * 43)
NEW = SecretKey("new", b"b" * 43)
RING = KeyRing([NEW, OLD])


def test_what_an_older_key_signed_is_still_accepted_after_a_rotation():
    signature = KeyRing([OLD]).sign("session", b"m")
    assert RING.verify("session", b"m", signature)
    assert RING.signer("session", b"m", signature) == "old"
    assert RING.kids == ("new", "old")


def test_a_key_that_is_gone_verifies_nothing_and_is_asked_for_by_name():
    assert not KeyRing([NEW]).verify("session", b"m", KeyRing([OLD]).sign("session", b"m"))
    with pytest.raises(SecretKeyMissing, match=r"'old'.*HAUBERK_SECRET_KEYS.*hauberk secret rotate"):
        KeyRing([NEW]).derive("backup", kid="old")


def test_purposes_have_keys_of_their_own():
    assert derive(NEW, "a") != derive(NEW, "b")
    assert RING.derive("a") == derive(NEW, "a")
    assert RING.derive("a", kid="old") == derive(OLD, "a")
    assert not RING.verify("b", b"m", RING.sign("a", b"m"))


def test_a_ring_without_keys_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        KeyRing([])


def test_a_secret_is_not_shown():
    assert "aaaa" not in repr(OLD)
