"""The built front end, as it is installed."""

from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness
from hauberk.infra.web_assets import web_root

SMALLEST_COMPRESSED = 1024


@readiness("WEB-1")
async def production_build(probe: Probe) -> Answer:  # noqa: ARG001
    root = web_root()
    if root is None:
        return failed("The front end is not built.", "Run 'make setup', or 'npm run build' in web/.")
    built = [path for path in (root / "assets").iterdir() if path.suffix in (".js", ".css")]
    assets = [path for path in built if path.stat().st_size >= SMALLEST_COMPRESSED]
    plain = [path.name for path in assets if not path.with_name(path.name + ".br").is_file()]
    if plain or not assets:
        return failed(f"Not compressed beforehand: {', '.join(plain[:3]) or 'no assets'}.", "Build it again.")
    size, packed = (
        sum(path.with_name(path.name + end).stat().st_size for path in assets) for end in ("", ".gz")
    )
    return passed(
        f"{len(built)} hashed scripts and styles, those of 1 KiB and more {size:,} bytes, {packed:,} with gzip, all also in br."
    )
