"""CSAF's product tree: products under branches of vendor, name and version, and one product as a part of another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hauberk.parsers import sdk

_ENDS_IN_VERSION = re.compile(r"^(.*\S)\s+v?(\d[\w.+:~-]*)$")  # `Example Server 2.4.1`

Scoped = list[tuple[sdk.Json, frozenset[str]]]


@dataclass(frozen=True)
class Product:
    name: str
    version: str | None = None
    purl: str | None = None
    part_of: str | None = None
    version_range: str | None = None


def products(tree: sdk.Json) -> dict[str, Product]:
    """By product identifier. Those of relationships are the first product, in the second."""
    found: dict[str, Product] = {}
    for said in sdk.listed(sdk.pick(tree, "full_product_names")):
        found[str(said.get("product_id"))] = _product(said, None, None)
    pending: list[tuple[sdk.Json, str | None, str | None]] = [
        (b, None, None) for b in sdk.listed(sdk.pick(tree, "branches"))
    ]
    while pending:
        branch, name, version = pending.pop()
        if branch.get("category") == "product_name":
            name = sdk.text(branch.get("name"))
        elif branch.get("category") == "product_version":
            version = sdk.text(branch.get("name"))
        if branch.get("product"):
            product = _product(branch["product"], name, version)
            if branch.get("category") == "product_version_range":
                product = replace(product, version_range=sdk.text(branch.get("name")))
            found[str(branch["product"].get("product_id"))] = product
        pending += [(below, name, version) for below in sdk.listed(branch.get("branches"))]
    for said in sdk.listed(sdk.pick(tree, "relationships")):
        part = found.get(str(said.get("product_reference")))
        whole = found.get(str(said.get("relates_to_product_reference")))
        if part:
            identifier = str(sdk.pick(said, "full_product_name.product_id"))
            found[identifier] = replace(part, part_of=whole.name if whole else None)
    return found


def _product(said: sdk.Json, name: str | None, version: str | None) -> Product:
    purl = sdk.text(sdk.pick(said, "product_identification_helper.purl"))
    package = sdk.package_of(purl)
    if package:
        return Product(package[0], package[1] or version, purl)
    full = sdk.text(said.get("name")) or "unnamed product"
    match = _ENDS_IN_VERSION.match(full)
    if name or not match:
        return Product(name or full, version)
    return Product(match[1], version or match[2])


class Document:
    """What a document says once for all of its vulnerabilities."""

    def __init__(self, said: sdk.Json, tree: sdk.Json) -> None:
        self.said = said
        self.id = sdk.text(sdk.pick(said, "tracking.id")) or "an advisory without identifier"
        self.is_vex = sdk.pick(said, "category") == "csaf_vex"
        self.publisher = sdk.text(sdk.pick(said, "publisher.name"))
        self.references = sdk.texts([each.get("url") for each in sdk.listed(sdk.pick(said, "references"))])
        self._products = products(tree)
        self._groups = {
            str(group.get("group_id")): sdk.texts(group.get("product_ids"))
            for group in sdk.listed(sdk.pick(tree, "product_groups"))
        }

    def product(self, identifier: str) -> Product:
        return self._products.get(identifier) or Product(identifier)

    def scoped(self, listed: sdk.Json) -> Scoped:
        """Remediations, flags, threats or scores, each with the products that it is about."""
        return [(each, frozenset(self._named(each))) for each in listed or ()]

    def _named(self, said: sdk.Json) -> Iterator[str]:
        yield from sdk.texts(said.get("product_ids"))
        yield from sdk.texts(said.get("products"))
        for group in sdk.texts(said.get("group_ids")):
            yield from self._groups.get(group, ())

    def assessments(self, scores: Scoped, product: str) -> list[tuple[sdk.Cvss, str | None]]:
        """With the severity's word. CSAF 2.0 has `scores`, 2.1 `metrics` with a `content` each."""
        found = []
        for each in about(scores, product):
            for key in ("cvss_v4", "cvss_v3", "cvss_v2"):
                said = (each.get("content") or each).get(key) or {}
                version = sdk.text(said.get("version"))
                known = sdk.cvss(said.get("vectorString"), said.get("baseScore"), self.publisher, version)
                if known:
                    found.append((known, sdk.text(said.get("baseSeverity"))))
        return found


def about(scoped: Scoped, product: str) -> list[sdk.Json]:
    """Those that are about this product; one that names none is about all."""
    return [each for each, named in scoped if not named or product in named]
