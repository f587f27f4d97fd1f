"""The XML reader: elements with what they need around them, no entity ever, bounded in time and memory."""

import io
import resource
import time

import pytest

from fixtures.reports import refusal, report
from hauberk.parsers import sdk
from hauberk.parsers.sdk.xml_walk import read_head

XML = '<?xml version="1.0"?><!DOCTYPE r SYSTEM "r.dtd"><r v="2">%s</r>'


def test_what_the_children_of_an_element_say_goes_by_their_names() -> None:
    text = '<r><i><name> x </name><n:port xmlns:n="urn:n">80</n:port><empty/></i></r>'
    item = next(report(text).xml("i"))
    assert sdk.child_texts(item.value) == {"name": "x", "port": "80", "empty": None}


def test_elements_see_their_ancestors_and_earlier_siblings_of_other_names() -> None:
    text = (
        XML
        % '<h n="1"><p os="x"/><i>1</i><i>2</i></h><x:h xmlns:x="urn:x" n="2"><x:p os="y"/><x:i>3</x:i></x:h>'
    )
    found = [
        (node.value.text, node.value.getparent().get("n"), node.value.getparent()[0].get("os"))
        for node in report(text).xml("h/i")
    ]
    assert found == [("1", "1", "x"), ("2", "1", "x"), ("3", "2", "y")]
    assert report(text).xml_root().attributes == {"v": "2"}


def test_xml_memory_does_not_grow_with_the_report() -> None:
    host = f"<h><p/>{'<i><t>' + 'z' * 500 + '</t></i>'}</h>" * 200
    text = (XML % (host * 200)).encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in report(text).xml("h/i")) == 40_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


BOMB = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 11))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY l0 "lol">{BOMB}',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;',
        "<!ELEMENT r ANY><!-- ] --> <!ENTITY x 'y'>",
        "<!ATTLIST r a CDATA ']'> <!ENTITY x 'y'>",
        "%x;",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_at_once(subset: str, encoding: str) -> None:
    text = f"<!DOCTYPE r [{subset}]><r><i>&l10;&x;</i></r>".encode(encoding)
    started = time.process_time()
    assert refusal(report(text).xml("i")).code == "xml_entity_forbidden"
    with pytest.raises(sdk.ReportError, match="entities"):
        sdk.Probe(sdk.Source(io.BytesIO(text)))
    assert time.process_time() - started < 1


def test_a_doctype_and_the_word_entity_in_text_are_fine() -> None:
    text = "<!DOCTYPE r [<!ELEMENT r ANY>]><!-- <!ENTITY a 'b'> --><r><i><![CDATA[<!ENTITY x SYSTEM 'y'>]]></i></r>"
    assert [node.value.text for node in report(text).xml("i")] == ["<!ENTITY x SYSTEM 'y'>"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("<a>" * 100_000, "nesting_too_deep"),
        (XML % "<i>1</i><i>", "syntax_error"),
        ((XML % "<i>1</i>")[:-4], "truncated"),
        ("<r><i>&#0;</i></r>", "syntax_error"),
        ('<?xml version="1.0" encoding="utf-7"?><r/>', "encoding_invalid"),
        ('<?xml version="1.0" encoding="iso-8859-99"?><r/>', "encoding_invalid"),
        ('<?xml version="1.0" encoding="cp037"?><r/>', "encoding_invalid"),
        ("<r><i " + "".join(f'a{number}="" ' for number in range(2000)) + "/></r>", "too_many_items"),
    ],
)
def test_broken_xml_says_what_and_where(text: str, code: str) -> None:
    started = time.process_time()
    error = refusal(report(text).xml("i"))
    assert error.code == code
    assert error.position or code == "empty_file"
    assert time.process_time() - started < 5


def test_xml_that_was_cut_off_anywhere_says_so() -> None:
    whole = XML % '<i a="1" long="two words"><!-- c --> &amp; <![CDATA[x]]></i>'
    cuts = range(whole.index("<i ") + 1, len(whole) - 1)
    codes = {cut: refusal(report(whole[:cut]).xml("i")).code for cut in cuts}
    assert {cut: code for cut, code in codes.items() if code != "truncated"} == {}


def test_xml_in_other_encodings_and_with_stray_bytes_is_read() -> None:
    body = "<r><i>é\x01</i></r>"
    for text in (
        b"\xef\xbb\xbf\n" + body.encode(),
        body.encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-8"?>' + body.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-16"?>' + body.encode(),
    ):
        assert [node.value.text for node in report(text).xml("i")] == ["é"]


def test_a_large_text_is_read_fast() -> None:
    started = time.process_time()
    sizes = [
        len(node.value.text)
        for node in report(XML % f'<i a="{"b" * 5_000_000}">{"c" * 12_000_000}</i>').xml("i")
    ]
    assert sizes == [12_000_000]
    assert time.process_time() - started < 5


def test_a_root_with_an_impossible_name_is_no_accident():
    """Hostile bytes made it: a prefix that nobody declared, and a letter that names must not have."""
    head = read_head('<Vu:ö xmlns="urn:x"><b/></Vu:ö>'.encode())
    assert head is not None
    assert (head.root, head.paths) == ("Vu:ö", {"b"})


def test_a_namespace_that_is_used_and_not_declared_costs_nothing() -> None:
    text = XML % '<i x:nil="true"><y:name>a</y:name></i><i/>'
    assert [sdk.child_texts(node.value) for node in report(text).xml("i")] == [{"name": "a"}, {}]


@pytest.mark.parametrize("broken", ["<i></j>", '<i a="1" a="2"/>', "<i/></r><r>"])
def test_what_else_is_wrong_is_refused_behind_such_a_namespace_too(broken: str) -> None:
    assert refusal(report(XML % f'<i x:nil="true"/>{broken}').xml("i")).code == "syntax_error"
