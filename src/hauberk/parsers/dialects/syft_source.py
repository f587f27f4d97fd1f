"""What tools that read with Syft (Grype, Xeol) say of their source."""

from hauberk.parsers import sdk


def header(source: sdk.Json) -> sdk.ReportHeader:
    """An image, a folder, or a document."""
    target = sdk.pick(source, "target")
    name = sdk.first(target, sdk.pick(target, "userInput"))
    if sdk.pick(source, "type") != "image":
        return sdk.ReportHeader(asset=name, targets=sdk.texts(name))
    names = sdk.texts(name) + sdk.texts(sdk.pick(target, "tags"))
    digests = (sdk.pick(target, each) for each in ("repoDigests", "manifestDigest", "imageID"))
    return sdk.ReportHeader(
        asset=name,
        asset_kind="image",
        targets=sdk.texts(name),
        identifiers=sdk.image(names, [word for each in digests for word in sdk.texts(each)]),
    )
