"""The front end as it is built and served: what a page costs, what works offline, what is left over from development."""

import asyncio
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2

from hauberk.infra.debugging import debug_flags
from hauberk.infra.readiness import Answer, Kind, Probe, failed, passed, readiness, skipped
from hauberk.infra.readiness.build import package
from hauberk.infra.readiness.processes import alive
from hauberk.infra.web_assets import web_root

FIRST_PAGE_BYTES: Final = 145_000
SMALLEST_COMPRESSED: Final = 1024
LONG_LINE: Final = 400
ASKED_AT_ONCE: Final = 8
_FIRST_ROUTES: Final = ("src/routes/_app.tsx", "src/routes/_app/index.tsx")
_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_HASHED: Final = re.compile(r"-[\w-]{8,}\.\w+$")
_LEFT_OVER: Final = re.compile(r"\bconsole\.(log|debug|trace)\(|\bdebugger\b[;}]|sourceMappingURL=")
_BOUND: Final = re.compile(r"""["'`(]/?assets/[\w.-]+\.(js|css|woff2?)["'`)]""")
_PRINT: Final = re.compile(r"^\s*(print|breakpoint)\(", re.MULTILINE)
_WAYS: Final = frozenset(
    {
        "asks",
        "asks for the name",
        "is on no page",
        "is undone by the button of its notice",
        "is undone by the same button",
    }
)
_BUILD: Final = "Run 'npm run build' in web/ (make setup does)."


def _not_built() -> Answer:
    return failed("The front end is not built.", _BUILD, kind=Kind.CONFIG)


def _read(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / ".vite" / name).read_text(encoding="utf-8"))
    return found


def _assets(root: Path) -> list[Path]:
    return sorted(path for path in (root / "assets").glob("*") if path.suffix in (".js", ".css"))


@readiness("WEB-1", timeout=20)
async def built_for_production(probe: Probe) -> Answer:
    root = web_root()
    if root is None:
        return _not_built()
    assets = _assets(root)
    if not assets:
        return failed("The build has no scripts.", _BUILD, kind=Kind.CONFIG)
    if gone := sorted(name for name in _named(_read(root, "manifest.json")) if not (root / name).is_file()):
        return failed(f"Named by the build and not there: {', '.join(gone[:3])}.", _BUILD)
    if plain := [path.name for path in assets if not _HASHED.search(path.name)]:
        return failed(f"Names without a hash: {', '.join(plain[:3])}.", _BUILD)
    if loose := [path.name for path in assets if not await asyncio.to_thread(_is_minified, path)]:
        return failed(f"Not minified: {', '.join(loose[:3])}.", _BUILD)
    large = [path for path in assets if path.stat().st_size >= SMALLEST_COMPRESSED]
    if bare := [p.name for p in large for end in (".gz", ".br") if not p.with_name(p.name + end).is_file()]:
        return failed(f"Not compressed beforehand: {', '.join(bare[:3])}.", _BUILD)
    if cut := await asyncio.to_thread(lambda: [path.name for path in large if not _is_packed_whole(path)]):
        return failed(f"Compressed to something else than it is: {', '.join(cut[:3])}.", _BUILD)
    sizes = sum(path.stat().st_size for path in assets)
    seen = f"{len(assets)} hashed files, {sizes:,} bytes, minified, compressed with gzip and Brotli"
    try:
        wrong = await _served_wrong(probe, assets)
    except httpx2.TransportError as error:
        return skipped(
            f"{seen}; the site did not answer ({type(error).__name__}).", "Start the product, and ask again."
        )
    if wrong:
        return failed(
            f"{seen}. As served, {wrong}.",
            "Look whether what stands in front hands on this build's files as they are, with their headers.",
        )
    return passed(f"{seen}; each served as it is, compressed, for ever.")


async def _served_wrong(probe: Probe, assets: list[Path]) -> str | None:
    """The first that does not arrive as it lies here: one alone, and the page that needs it stays white."""

    async def ask(path: Path) -> str | None:
        packed = {"Accept-Encoding": "gzip"}
        answer = await probe.site.http.get(f"/assets/{path.name}", headers=packed)
        flaw = _flaw(answer, path)
        return f"{path.name} {flaw}" if flaw else None

    for begin in range(0, len(assets), ASKED_AT_ONCE):
        for found in await asyncio.gather(*map(ask, assets[begin : begin + ASKED_AT_ONCE])):
            if found:
                return found
    return None


def _flaw(answer: httpx2.Response, path: Path) -> str | None:
    if answer.status_code != 200:
        return f"is answered {answer.status_code}"
    kind = answer.headers.get("content-type", "absent")
    if not kind.startswith(_TYPES[path.suffix]):
        return f"has Content-Type {kind}, which browsers refuse"
    if answer.content != (plain := path.read_bytes()):
        return "is another file than the build's"
    if len(plain) >= SMALLEST_COMPRESSED and "content-encoding" not in answer.headers:
        return "is sent uncompressed"
    kept = answer.headers.get("cache-control", "absent")
    return None if "immutable" in kept else f"has Cache-Control {kept}"


def _named(manifest: dict[str, Any]) -> set[str]:
    return {
        name
        for chunk in manifest.values()
        for name in (chunk["file"], *chunk.get("css", ()), *chunk.get("assets", ()))
    }


def _is_packed_whole(path: Path) -> bool:
    """Brotli is not unpacked here: it saves some of what gzip leaves, and never half of it."""
    packed, other = (path.with_name(path.name + end).read_bytes() for end in (".gz", ".br"))
    try:
        return gzip.decompress(packed) == path.read_bytes() and len(packed) < 2 * len(other)
    except (OSError, EOFError, zlib.error):
        return False


def _is_minified(path: Path) -> bool:
    """Written by people, no line is that long; what is tiny does not matter."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return len(text) < SMALLEST_COMPRESSED or max(map(len, text.splitlines())) > LONG_LINE


@readiness("WEB-2")
async def pages_are_loaded_when_needed(probe: Probe) -> Answer:  # noqa: ARG001
    root = web_root()
    if root is None:
        return _not_built()
    manifest, sizes = _read(root, "manifest.json"), _read(root, "sizes.json")
    routes = [
        key for key in manifest if key.startswith("src/routes/") and manifest[key].get("isDynamicEntry")
    ]
    entry = [key for key in manifest if manifest[key].get("isEntry")]
    first = [key for key in routes if key.partition("?")[0] in _FIRST_ROUTES]
    if not first or len(routes) < 10:
        return failed(f"Only {len(routes)} pages are loaded by themselves.", _BUILD, kind=Kind.CONFIG)
    parts = _needed(manifest, routes)
    if gone := sorted(file for file in parts if not (root / file).is_file()):
        return failed(f"Parts of pages that are not there: {', '.join(gone[:5])}.", _BUILD, kind=Kind.CONFIG)
    files = _needed(manifest, [*entry, *first])
    cost = sum(_cost(root, file, sizes) for file in files)
    seen = f"{len(routes)} parts of pages are loaded when needed; the first page costs {cost:,} bytes (gzip)"
    if cost > FIRST_PAGE_BYTES:
        return failed(f"{seen}; {FIRST_PAGE_BYTES:,} are allowed.", "Load what it does not need later.")
    return passed(f"{seen} of {FIRST_PAGE_BYTES:,}.", kind=Kind.CONFIG)


def _cost(root: Path, file: str, sizes: dict[str, Any]) -> int:
    """Bytes on the way: what the build noted or, where that is more, what lies there now."""
    packed = root / f"{file}.gz"
    there = packed if packed.is_file() else root / file
    return max(int(sizes[file]["gz"]) if file in sizes else 0, there.stat().st_size)


def _needed(manifest: dict[str, Any], keys: list[str]) -> set[str]:
    files: set[str] = set()
    queue = list(keys)
    while queue:
        chunk = manifest[queue.pop()]
        if chunk["file"] not in files:
            files |= {chunk["file"], *chunk.get("css", [])}
            queue += chunk.get("imports", [])
    return files


@readiness("WEB-3", timeout=20)
async def service_worker(probe: Probe) -> Answer:
    """Every file of the offline shell is asked for: one that is missing, and no browser would install it."""
    answer = await probe.site.http.get("/sw.js")
    kind = answer.headers.get("content-type", "")
    if answer.status_code != 200 or not kind.startswith("text/javascript"):
        return failed(f"/sw.js answered {answer.status_code} {kind}.", _BUILD)
    scope, cached = answer.headers.get("service-worker-allowed"), answer.headers.get("cache-control")
    if scope != "/" or cached != "no-store":
        return failed(f"Scope {scope}, Cache-Control {cached}.", "Look at the proxy in front.")
    shell = re.search(r"SHELL = (\[[^\]]*\])", answer.text)
    if shell is None or not all(word in answer.text for word in ("skipWaiting", '"navigate"')):
        return failed("It has no offline shell, or no way to take a new version.", _BUILD)
    names = json.loads(shell[1])
    for name in names:
        if (await probe.site.http.get(name)).status_code != 200:
            return failed(f"{name} of the offline shell is not there.", _BUILD)
    return passed(
        f"Scope /, never cached, an offline shell of {len(names)} files, all there; takes new versions."
    )


@readiness("WEB-6")
async def destructive_actions_ask(probe: Probe) -> Answer:
    """The API says which routes destroy (`x-destroys`), the build says how the pages ask (`confirmations.json`)."""
    root = web_root()
    if root is None:
        return _not_built()
    document = await probe.document()
    destroying = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method == "delete" or "x-destroys" in operation
    }
    try:
        asking = _read(root, "confirmations.json")
    except FileNotFoundError:
        return skipped("This build does not say how its pages ask.", _BUILD, kind=Kind.CONFIG)
    if not destroying:
        return failed("The API names no destructive route.", "Look whether the API is the one of this build.")
    if silent := sorted(destroying - set(asking)):
        return failed(f"Not asked before: {', '.join(silent[:5])}.", "Ask with <Confirm>, or offer to undo.")
    if odd := sorted(route for route in destroying if asking[route] not in _WAYS):
        return failed(
            f"Nobody knows what it is for a page that {asking[odd[0]] or 'says nothing'}: {', '.join(odd[:5])}.",
            _BUILD,
        )
    ways = [way for route, way in asking.items() if route in destroying]
    counted = ", ".join(f"{ways.count(way)} {way}" for way in sorted(set(ways)))
    return passed(f"All {len(destroying)} destructive routes: {counted}.")


@readiness("WEB-7", timeout=20)
async def no_debug_code(probe: Probe) -> Answer:
    root = web_root()
    if root is None:
        return _not_built()
    flags = set(debug_flags(probe.inside.settings))
    for each in await alive(probe, "api"):
        flags |= {f"{flag} in process {each.detail['pid']}" for flag in each.detail.get("debugs", ())}
    if flags:
        return failed(f"On: {', '.join(sorted(flags))}.", "Turn it off in production.", kind=Kind.CONFIG)
    found = await asyncio.to_thread(lambda: list(_left_over(root)))
    if found:
        return failed(f"Left over in {', '.join(found[:5])}.", "Remove it, and build again.")
    return passed("No console.log, debugger, print or source map in what is installed; no debug mode is on.")


def _left_over(root: Path) -> Iterator[str]:
    for path in _assets(root):
        if _LEFT_OVER.search(path.read_text(encoding="utf-8", errors="replace")):
            yield path.name
    for path in sorted(root.rglob("*.map")):
        yield path.name
    source = package()
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        if not name.startswith(("cli/", "testing/")) and _PRINT.search(path.read_text(encoding="utf-8")):
            yield name


@readiness("WEB-8")
async def assets_may_come_from_elsewhere(probe: Probe) -> Answer:
    """The page names its files where HAUBERK_ASSET_URL says; scripts find each other by relative addresses."""
    root = web_root()
    if root is None:
        return _not_built()
    if fixed := await asyncio.to_thread(_fixed_addresses, root):
        return failed(f"Bound to this site: {', '.join(fixed[:3])}.", _BUILD, kind=Kind.CONFIG)
    page = (await probe.site.http.get("/")).text
    addresses = re.findall(r'(?:src|href)="([^"]*/assets/[^"]+)"', page)
    wanted = probe.inside.settings.asset_url or ""
    if not addresses or not all(each.startswith(f"{wanted}/assets/") for each in addresses):
        return failed(f"The page names {addresses[:1] or 'no files'}, not {wanted or 'this site'}.", _BUILD)
    if unsized := [name for name in _images(page) if not re.search(r"\bwidth=.*\bheight=", name)]:
        return failed(f"Images without a size: {len(unsized)}.", "Give them width, height and loading=lazy.")
    for address in dict.fromkeys(addresses):
        answer = await probe.site.http.get(address, headers={"Origin": probe.site.url})
        allowed = answer.headers.get("access-control-allow-origin")
        if wanted and (answer.status_code != 200 or allowed not in ("*", probe.site.url)):
            return failed(
                f"{address} answered {answer.status_code}, allowing {allowed}.",
                "Let the CDN take files from this site and send Access-Control-Allow-Origin.",
            )
        if answer.status_code != 200:
            return failed(
                f"The page names {address}, which is answered {answer.status_code}: it stays white.",
                "Look whether something in front keeps an old page, or old files, after a release.",
            )
    if not wanted:
        return passed(f"{len(addresses)} files, from this site; HAUBERK_ASSET_URL would move them.")
    return passed(f"{len(addresses)} files from {wanted}, which allows this site to load them.")


def _fixed_addresses(root: Path) -> list[str]:
    return [
        path.name
        for path in _assets(root)
        if _BOUND.search(path.read_text(encoding="utf-8", errors="replace"))
    ]


def _images(page: str) -> list[str]:
    return re.findall(r"<img\b[^>]*>", page)
