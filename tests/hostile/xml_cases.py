"""XML: X1 to X20."""

from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from hostile.catalogue import Ended, Size, Try, case

FORBIDDEN = ("xml_entity_forbidden",)
ITEM = (
    '<ReportItem port="443" svc_name="www" protocol="tcp" severity="2" pluginID="{0}" pluginName="Weak cipher {0}"'
    ' pluginFamily="General"><description>{1}</description><risk_factor>Medium</risk_factor></ReportItem>'
)
HEAD = '<NessusClientData_v2><Report name="r"><ReportHost name="h.example.test"><HostProperties/>'
TAIL = "</ReportHost></Report></NessusClientData_v2>"
DECLARED = '<?xml version="1.0"?>\n'


def nessus(*items: str, before: str = DECLARED, root: str = HEAD) -> bytes:
    return (before + root + "".join(items) + TAIL).encode()


def item(number: int = 1, text: str = "d") -> str:
    return ITEM.format(number, text)


def many(count: int, text: str = "d") -> Iterator[bytes]:
    yield (DECLARED + HEAD).encode()
    for number in range(count):
        yield item(number, text).encode()
    yield TAIL.encode()


def doctype(subset: str, text: str = "d") -> bytes:
    return nessus(item(1, text), before=f"{DECLARED}<!DOCTYPE NessusClientData_v2 [{subset}]>\n")


@case("X1", "a billion laughs")
def billion_laughs(_: Size) -> Iterator[Try]:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    yield Try(doctype('<!ENTITY e0 "ha">' + levels, "&e9;"), FORBIDDEN, cpu_seconds=1)


@case("X2", "one long entity, a thousand times")
def quadratic(size: Size) -> Iterator[Try]:
    long = "a" * size(100_000, 10_000)
    yield Try(doctype(f'<!ENTITY e "{long}">', "&e;" * 1000), FORBIDDEN, cpu_seconds=1)


@case("X3", "an entity that names a file")
def external_entity(_: Size) -> Iterator[Try]:
    yield Try(doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"), FORBIDDEN, cpu_seconds=1)
    yield Try(
        doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"), FORBIDDEN, fields={"format": "nessus-xml"}
    )


@case("X4", "a parameter entity that asks a server")
def parameter_entity(_: Size) -> Iterator[Try]:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/x.dtd"
        nobody_asked = lambda _: asked == []  # noqa: E731
        yield Try(doctype(f'<!ENTITY % x SYSTEM "{address}"> %x;'), FORBIDDEN, check=nobody_asked)
        yield Try(
            nessus(item(), before=f'{DECLARED}<!DOCTYPE NessusClientData_v2 SYSTEM "{address}">'),
            findings=1,
            check=nobody_asked,
        )
        server.shutdown()


@case("X5", "a document type of its own, as genuine reports have")
def external_dtd(_: Size) -> Iterator[Try]:
    declared = '<!DOCTYPE NessusClientData_v2 SYSTEM "https://dtd.example.test/scan.dtd">'
    yield Try(nessus(item(), before=DECLARED + declared), findings=1)
    yield Try(doctype("<!ELEMENT Report ANY><!ATTLIST Report name CDATA #IMPLIED>"), findings=1)


@case("X6", "XInclude")
def xinclude(_: Size) -> Iterator[Try]:
    included = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    )
    first = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()[0]
    yield Try(
        nessus(item(1, included), included), findings=1, check=lambda ended: first not in str(ended.findings)
    )


@case("X7", "processing instructions without end")
def instructions(size: Size) -> Iterator[Try]:
    flood = '<?xml-stylesheet href="http://127.0.0.1:1/x"?>' + "<?p?>" * size(1_000_000, 50_000)
    yield Try(nessus(flood, item()), findings=1)


@case("X8", "nested a million deep")
def deep(size: Size) -> Iterator[Try]:
    depth = size(1_000_000, 100_000)
    yield Try(nessus("<a>" * depth, "</a>" * depth), ("nesting_too_deep",), cpu_seconds=2)
    yield Try(b"<a>" * depth, ("nesting_too_deep", "unsupported_format"), cpu_seconds=2)


@case("X9", "an attribute, a comment, a text as large as a file")
def huge_values(size: Size) -> Iterator[Try]:
    def one(before: str, after: str, mib: int) -> Iterable[bytes]:
        yield (DECLARED + HEAD + before).encode()
        for _ in range(mib):
            yield b"x" * 2**20
        yield (after + item() + TAIL).encode()

    attribute, comment, text = size(20, 4), size(40, 8), size(100, 12)
    yield Try(one('<ReportItem port="', '"/>', attribute), check=_is_bounded)
    yield Try(one("<!-- ", " -->", comment), findings=1)
    yield Try(one("<ReportItem><description>", "</description></ReportItem>", text), check=_is_bounded)


def _is_bounded(ended: Ended) -> bool:
    return ended.scan["counts"]["findings"]["new"] == 1 and len(ended.problems) <= 1


@case("X10", "a million attributes on one element")
def attributes(size: Size) -> Iterator[Try]:
    flood = " ".join(f'a{number}="1"' for number in range(size(1_000_000, 100_000)))
    yield Try(nessus(f"<ReportItem {flood}/>", item()), ("too_many_items",))


@case("X11", "characters that XML does not allow")
def controls(_: Size) -> Iterator[Try]:
    yield Try(nessus(item(1, "a\x00b\x1fc")), findings=1)
    for reference in ("&#0;", "&#x1F;", "&#xFFFE;"):
        yield Try(nessus(item(1, reference)), ("syntax_error", "encoding_invalid"), check=_names_the_line)


def _names_the_line(ended: Ended) -> bool:
    return "line 2" in (ended.scan["error"]["position"] or "")


@case("X12", "says UTF-8 and is Windows text")
def wrong_encoding(_: Size) -> Iterator[Try]:
    declared = '<?xml version="1.0" encoding="utf-8"?>\n'
    text = nessus(item(1, "caf\u00e9 \u20ac"), before=declared).decode().encode("cp1252")
    yield Try(text, findings=1)


@case("X13", "UTF-16, UTF-32, UTF-7, EBCDIC")
def other_encodings(_: Size) -> Iterator[Try]:
    plain = nessus(item(1, "caf\u00e9"), before="").decode()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Try(plain.encode(encoding), findings=1)
    for encoding in ("utf-7", "cp037"):
        said = f'<?xml version="1.0" encoding="{encoding}"?>{plain}'
        yield Try(said.encode(), ("encoding_invalid",))
        yield Try(said.encode(encoding), ("encoding_invalid", "unsupported_format"))


@case("X14", "blanks, a byte order mark or anything else before the declaration")
def leading(_: Size) -> Iterator[Try]:
    for before in ("\ufeff", "\ufeff \n\n", " \n\t"):
        yield Try(nessus(item(), before=before + DECLARED), findings=1)
    yield Try(nessus(item(), before="Scan finished.\n" + DECLARED), ("unsupported_format",))


@case("X15", "cut off at every twentieth of its length")
def truncated(size: Size) -> Iterator[Try]:
    whole = b"".join(many(1000, "an ordinary description"))
    for part in range(1, 20, size(1, 5)):
        yield Try(whole[: len(whole) * part // 20], ("truncated",))


@case("X16", "two documents, or something after the end")
def trailing(_: Size) -> Iterator[Try]:
    whole = nessus(item())
    for after in (whole, b"\nThe end.", b"<more/>"):
        yield Try(whole + after, ("schema_mismatch", "syntax_error"))


@case("X17", "namespaces that are not those expected")
def namespaces(size: Size) -> Iterator[Try]:
    root = HEAD.replace("<NessusClientData_v2>", '<NessusClientData_v2 xmlns="urn:something:else">')
    yield Try(nessus(item(), root=root), findings=1)
    bomb = "".join(f' xmlns:p{number}="urn:{number}"' for number in range(size(100_000, 20_000)))
    yield Try(nessus(f"<x{bomb}/>", item()), findings=1, cpu_seconds=5)


@case("X18", "CDATA with another document in it")
def cdata(_: Size) -> Iterator[Try]:
    inside = "<![CDATA[<html><script>alert(1)</script></html>]]]]><![CDATA[><ReportItem/>]]>"
    yield Try(
        nessus(item(1, inside)), findings=1, check=lambda ended: ended.findings[0]["title"] == "Weak cipher 1"
    )


@case("X19", "fine XML of nobody that is known")
def unknown_root(_: Size) -> Iterator[Try]:
    yield Try(b"<scanResults><finding/></scanResults>", ("unsupported_format",), says="/api/v1/formats")


@case("X20", "one and the same result a hundred thousand times")
def repeated(size: Size) -> Iterator[Try]:
    times = size(100_000, 1_000)
    same = iter([(DECLARED + HEAD).encode(), *[item(7).encode()] * times, TAIL.encode()])
    yield Try(
        same, findings=1, check=lambda ended: ended.scan["counts"]["folded"] == times - 1, cpu_seconds=60
    )
