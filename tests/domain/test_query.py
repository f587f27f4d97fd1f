"""The query language: what each form means, and that nonsense is refused with its position and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hauberk.domain.finding import Triage
from hauberk.domain.query import AllOf, AnyOf, Comparison, Not, Term, Word, conjuncts, leaves, parse, without
from hauberk.domain.query.keys import KEYS, STATES, speaks_of_now
from hauberk.domain.severity import Severity
from hauberk.kit.errors import Invalid


def refusal(query):
    with pytest.raises(Invalid) as caught:
        parse(query)
    (error,) = caught.value.errors
    assert error.pointer == "/q"
    return error.message


def shape(node):
    """A tree as nested tuples, without positions."""
    match node:
        case Word(text=text):
            return text
        case Term(key=key, comparison=comparison, values=values):
            return f"{key}{comparison}{','.join(str(value) for value in values)}"
        case Not(inner=inner):
            return ("not", shape(inner))
        case AllOf(parts=parts):
            return ("and", *map(shape, parts))
        case AnyOf(parts=parts):
            return ("or", *map(shape, parts))


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_an_empty_query_asks_for_everything(blank):
    assert parse(blank) is None


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("severity:critical,high is:open", ("and", "severity:critical,high", "is:open")),
        ("epss>0.5 and known_exploited:true", ("and", "epss>0.5", "known_exploited:True")),
        ("asset.tag:payments and age>30d", ("and", "asset.tag:payments", "age>30 days, 0:00:00")),
        ("cve:cve-2021-44228", "cve:CVE-2021-44228"),
        ('"sql injection"', "sql injection"),
        ("log4j remote", ("and", "log4j", "remote")),
        ("a or b c", ("or", "a", ("and", "b", "c"))),
        ("(a or b) c", ("and", ("or", "a", "b"), "c")),
        ("NOT a AND not (b)", ("and", ("not", "a"), ("not", "b"))),
        ("-triage:duplicate -word", ("and", ("not", "triage:duplicate"), ("not", "word"))),
        ("not not a", ("not", ("not", "a"))),
        ("SEVERITY>=High", "severity>=high"),
        ("severity=low", "severity:low"),
        ('asset:"my, (odd) asset",other', "asset:my, (odd) asset,other"),
        (r'"say \"hi\" \\ there"', r'say "hi" \ there'),
        ("CVE-2021-44228 CWE-79", ("and", "CVE-2021-44228", "CWE-79")),
        ("<script> a->b", ("and", "<script>", "a->b")),
        ("andy orca nothing", ("and", "andy", "orca", "nothing")),
        ("cwe:CWE-79,89", "cwe:79,89"),
    ],
)
def test_what_a_query_means(query, meaning):
    assert shape(parse(query)) == meaning


def test_words_of_the_vocabulary_are_read_as_the_vocabulary():
    assert parse("severity<=Medium") == Term("severity", Comparison.AT_MOST, (Severity.MEDIUM,), 1)
    assert parse("triage:risk_accepted") == Term("triage", Comparison.IS, (Triage.RISK_ACCEPTED,), 1)


def test_a_date_is_its_whole_day_and_a_time_its_second():
    (day,) = parse("first_seen:2026-01-31").values
    assert (day.start, day.end - day.start) == (datetime(2026, 1, 31, tzinfo=UTC), timedelta(days=1))
    (moment,) = parse("last_seen>=2026-01-31T10:00:00+02:00").values
    assert (moment.start, moment.end - moment.start) == (
        datetime(2026, 1, 31, 8, tzinfo=UTC),
        timedelta(seconds=1),
    )


@pytest.mark.parametrize(
    ("query", "position", "says"),
    [
        ("severty:high", 1, "no key 'severty'"),
        ("is:open https://example.org", 9, "quotation marks"),
        ("is:open severity:hihg", 18, "one of unknown, info, low, medium, high, critical"),
        ("severity:critical, high", 19, "missing"),
        ("severity:", 10, "needs a value"),
        ("epss>", 6, "needs a value"),
        ("epss>lots", 6, "a number"),
        ("epss>1e9", 6, "a number"),
        ("cvss>=7,8", 9, "one value"),
        ("kind>sast", 1, "no order"),
        ("age:30d", 1, "age>30d"),
        ("age>30", 5, "a duration"),
        ("age>99999y", 5, "100 years"),
        ("first_seen>yesterday", 12, "a date"),
        ("first_seen>0001-01-01", 12, "1970"),
        ("known_exploited:maybe", 17, "true or false"),
        ("is:broken", 4, "one of open"),
        ('is:open "never closed', 9, "never closed"),
        ("(a or b", 1, "never closed"),
        ("a)", 2, "closes nothing"),
        ("()", 1, "nothing between"),
        ('a ""', 3, "nothing between"),
        ("a or", 5, "missing at the end"),
        ("or a", 1, "missing before 'or'"),
        ("a and and b", 7, "missing before 'and'"),
        ("not", 4, "missing at the end"),
        ("a \x00", 3, "cannot be searched"),
        ("a \ud800", 3, "cannot be searched"),
    ],
)
def test_what_is_wrong_is_said_with_its_position(query, position, says):
    message = refusal(query)
    assert f"(at character {position})" in message
    assert says in message


def test_a_query_is_bounded_in_length_depth_and_terms():
    assert "2,000 characters" in refusal("a" * 2001)
    assert "nests at most" in refusal("(" * 500 + "a" + ")" * 500)
    assert "nests at most" in refusal("-" * 900 + "a")
    assert "at most 100 terms" in refusal("a " * 101)
    assert "200 values" in refusal("tag:" + ",".join("a" * 201))


_PIECES = st.sampled_from(
    [
        *(f"{key}:" for key in KEYS),
        *KEYS,
        "(",
        ")",
        '"',
        "\\",
        "-",
        "not ",
        "and ",
        "or ",
        ",",
        " ",
        ">=",
        "<",
        "=",
        ":",
    ]
) | st.text(max_size=6)


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=25).map("".join))
@example("first_seen>9999-12-31T23:59:59-23:59")
@example("first_seen>2026-W53-7")
@example("-" * 2000)
@example("\x85\x1c\u2028")
def test_whatever_is_typed_means_something_or_is_refused(query):
    refused = None
    node = None
    try:
        node = parse(query)
    except Invalid as invalid:
        refused = invalid
    if refused is not None:
        assert all(error.pointer == "/q" and "(at character " in error.message for error in refused.errors)
    else:
        assert (node is None) == (not query.strip())
        assert all(1 <= leaf.position <= len(query) for leaf in leaves(node))


def test_a_facet_is_counted_without_its_own_outermost_terms():
    query = parse("severity:high (severity:low or kind:sast) severity>=low is:open")
    assert [shape(part) for part in conjuncts(without(query, "severity"))] == [
        ("or", "severity:low", "kind:sast"),
        "severity>=low",
        "is:open",
    ]
    assert without(parse("severity:high"), "severity") is None


def test_the_guide_explains_every_key():
    guide = Path(__file__).parents[2].joinpath("docs/guides/query-language.md").read_text(encoding="utf-8")
    explained = {line.split("`")[1] for line in guide.splitlines() if line.startswith("| `")}
    assert explained == set(KEYS)


def test_every_key_that_takes_a_duration_speaks_of_now():
    spoken = {key for key in KEYS if speaks_of_now(key, ())}
    assert spoken == {"age", "due"}
    assert [state for state in STATES if speaks_of_now("is", (state,))] == ["new", "overdue"]
