"""Prose: HTML, base64 and paragraphs as plain text; nothing that a scanner writes makes it slow or raise."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hauberk.parsers import sdk


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, None),
        (["<p>x</p>"], None),
        ("  ", None),
        ("a < b", "a < b"),
        ("plain, as it is", "plain, as it is"),
        ("Fish &amp; chips", "Fish & chips"),
        ("<p>One.</p>\n<p>Two <b>bold</b>.</p>", "One.\n\nTwo bold."),
        ("Fixes:<ul><li>first</li><li class='x'>second</li></ul>", "Fixes:\n\n- first\n\n- second"),
        ("a<br/>b", "a\nb"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("The payload <b>&lt;x onload=1&gt;</b> in <List<T>>", "The payload <x onload=1> in <List<T>>"),
        ('<a target="_blank" href=\'https://a.example/\'><i class="icon"></i>A</a>', "A"),
        ("<p>&lt;script&gt; stays</p>", "<script> stays"),
    ],
)
def test_html_reads_as_a_person_sees_it(written: object, read: str | None) -> None:
    assert sdk.plain(written) == read


def test_paragraphs_are_those_that_say_something() -> None:
    assert sdk.paragraphs("One.", None, " ", "Two.", "One.") == "One.\n\nTwo."
    assert sdk.paragraphs(None, "") is None


def test_links_are_found_in_texts_and_in_attributes() -> None:
    words = (
        """See https://a.example/x. <a href='https://b.example/?p=1&amp;q=2'>B</a> and (http://c.example/y)"""
    )
    assert sdk.links(words, None, [words]) == (
        "https://a.example/x",
        "https://b.example/?p=1&q=2",
        "http://c.example/y",
    )


def test_base64_is_undone_and_anything_else_stays() -> None:
    assert sdk.unbase64("R0VUIC8g\nSFRUUC8xLjE=") == "GET / HTTP/1.1"
    assert sdk.unbase64("GET / HTTP/1.1") == "GET / HTTP/1.1"
    assert sdk.unbase64(None) is None


@given(st.text(alphabet="<>/apbrli&;!-'\" \n="))
def test_nothing_raises(words: str) -> None:
    sdk.plain(words)
    sdk.links(words)
    sdk.unbase64(words)


@pytest.mark.parametrize(
    "unit",
    [" ", "\xa0", "<", "<p", "<script>", "&", "\n ", "<!--", "<li ", "https://", "</", '<a b="', "<a b=c "],
)
def test_hostile_texts_take_no_longer_than_their_length(unit: str) -> None:
    start = time.process_time()
    sdk.plain("<p>" + unit * (200_000 // len(unit)))
    sdk.links(unit * (200_000 // len(unit)))
    assert time.process_time() - start < 3


def test_what_was_printed_for_a_terminal_loses_its_colours() -> None:
    assert sdk.uncoloured("\x1b[1;31mDL3006\x1b[0m warning: [3;4m") == "DL3006 warning: [3;4m"
