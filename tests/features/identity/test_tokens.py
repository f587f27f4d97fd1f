"""The text of tokens: what is one of ours is taken apart, anything else is nothing, and only hashes are comparable."""

import hashlib
import re

import pytest

from hauberk.features.identity import tokens

SECRET = "s" * 43
WHOLE = f"hbk_0123456789ab_{SECRET}"


def test_a_new_token_is_read_back_and_never_the_same_twice():
    made = [tokens.new_token() for _ in range(50)]
    assert all(tokens.parse(each.text) == each for each in made)
    assert all(re.fullmatch(r"hbk_[0-9a-hjkmnp-tv-z]{12}_[\w-]{43}", each.text) for each in made)
    assert len({each.secret for each in made}) == len({each.public_id for each in made}) == len(made)
    assert "secret" not in repr(made[0])
    assert made[0].secret not in repr(made[0])


def test_a_secret_may_hold_underlines_and_dashes():
    assert tokens.parse("hbk_0123456789ab_a_b-c").secret == "a_b-c"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hbk",
        "hbk_",
        "hbk_0123456789ab",
        "hbk_0123456789ab_",
        f"abc_0123456789ab_{SECRET}",
        f"hbk_0123456789a_{SECRET}",
        f"hbk_0123456789abc_{SECRET}",
        f"hbk_0123456789aB_{SECRET}",
        f"hbk_0123456789al_{SECRET}",
        "hbk_0123456789ab_" + "s" * 184,
    ],
)
def test_what_cannot_be_one_of_ours_is_none(text):
    assert tokens.parse(text) is None


def test_the_longest_text_is_still_read():
    assert tokens.parse("hbk_0123456789ab_" + "s" * 183).secret == "s" * 183


def test_a_hash_is_sha256_of_the_text_also_of_what_is_no_text():
    assert tokens.hash_of("a") == hashlib.sha256(b"a").digest()
    assert len(tokens.hash_of("\ud800")) == 32
