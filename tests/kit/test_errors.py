"""Errors as kinds: each has a code for machines and a sentence for people."""

from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Invalid, NotFound, RateLimited, StorageFull, TooLarge


def test_a_kind_has_its_code_and_a_caller_may_be_more_exact():
    assert Conflict("The name is taken.").code == "conflict"
    assert Conflict("The name is taken.", code="name_taken").code == "name_taken"


def test_messages_are_sentences():
    assert NotFound("finding", "fnd_x").message == "There is no finding fnd_x."
    assert NotFound("finding").message == "There is no finding."
    assert "1,000 bytes" in TooLarge(1000).message
    assert StorageFull().message.endswith(".")


def test_all_wrong_values_are_told_at_once():
    refused = Invalid([("/a", "Is missing."), ("/b", "Is too long.")])
    assert [error.pointer for error in refused.errors] == ["/a", "/b"]
    assert refused.message == "Is missing. Is too long."


def test_a_limit_says_when_to_come_back():
    assert RateLimited(30).retry_after == 30


def test_the_clock_is_in_utc():
    assert clock.now().utcoffset().total_seconds() == 0
