"""VEX documents made to order, one maker per kind."""

from typing import Any

ACME = "ACME Security"


def statement(
    vulnerability: str | dict[str, Any],
    state: str,
    *products: Any,
    at: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """OpenVEX: what is said about these products, else about the whole of what it is uploaded for."""
    said: dict[str, Any] = {
        "vulnerability": {"name": vulnerability} if isinstance(vulnerability, str) else vulnerability,
        "products": list(products) or ["https://acme.example/shop"],
        "status": state,
        **more,
    }
    if at is not None:
        said["timestamp"] = at
    if state == "not_affected" and "justification" not in more:
        said["justification"] = "vulnerable_code_not_in_execute_path"
    return said


def openvex(
    *statements: dict[str, Any],
    document: str = "https://acme.example/vex/1",
    author: str = ACME,
    at: str = "2026-01-10T00:00:00Z",
    version: int = 1,
) -> dict[str, Any]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": document,
        "author": author,
        "timestamp": at,
        "version": version,
        "statements": list(statements),
    }


def csaf(cve: str, state: str, purl: str, *, document: str = "ACME-2026-1") -> dict[str, Any]:
    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "title": "VEX",
            "publisher": {"category": "vendor", "name": ACME, "namespace": "https://acme.example"},
            "tracking": {
                "id": document,
                "version": "1",
                "status": "final",
                "initial_release_date": "2026-01-10T00:00:00Z",
                "current_release_date": "2026-01-10T00:00:00Z",
            },
        },
        "product_tree": {
            "full_product_names": [
                {"product_id": "P1", "name": "part", "product_identification_helper": {"purl": purl}}
            ]
        },
        "vulnerabilities": [
            {
                "cve": cve,
                "product_status": {state: ["P1"]},
                "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["P1"]}],
                "threats": [{"category": "impact", "details": "It is left out.", "product_ids": ["P1"]}],
            }
        ],
    }


def cyclonedx(cve: str, state: str, ref: str, **more: Any) -> dict[str, Any]:
    """Standing alone; with `components` a bill of materials."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "metadata": {"timestamp": "2026-01-10T00:00:00Z", "authors": [{"name": ACME}]},
        "vulnerabilities": [
            {
                "id": cve,
                "ratings": [{"severity": "high"}],
                "analysis": {
                    "state": state,
                    "justification": "code_not_reachable",
                    "detail": "Never called.",
                },
                "affects": [{"ref": ref}],
            }
        ],
        **more,
    }


def spdx3(cve: str, kind: str, purl: str) -> dict[str, Any]:
    return {
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {
                "type": "CreationInfo",
                "@id": "_:c",
                "created": "2026-01-10T00:00:00Z",
                "createdBy": ["urn:acme"],
            },
            {"type": "Organization", "spdxId": "urn:acme", "name": ACME},
            {
                "type": "security_Vulnerability",
                "spdxId": "urn:v",
                "externalIdentifier": [{"externalIdentifierType": "cve", "identifier": cve}],
            },
            {"type": "software_Package", "spdxId": "urn:p", "name": "part", "software_packageUrl": purl},
            {
                "type": f"security_Vex{kind}VulnAssessmentRelationship",
                "spdxId": "urn:s",
                "relationshipType": "doesNotAffect",
                "from": "urn:v",
                "to": ["urn:p"],
                "security_justificationType": "vulnerableCodeNotPresent",
                "security_impactStatement": "It is left out.",
            },
        ],
    }


async def triage(found, number=1, **where):
    return (await found(**where))[number]["triage"]
