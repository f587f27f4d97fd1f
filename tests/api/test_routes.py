"""Which routes are gone through for an address, and what is said where there is none."""

from starlette.routing import Match

from hauberk.api.app import mounted
from hauberk.api.subject import Subject


def test_only_the_subjects_of_an_address_are_gone_through_for_it():
    subjects = [route.original_router for route in mounted() if isinstance(route.original_router, Subject)]

    def asked(path):
        return [each for each in subjects if each.may_have(path)]

    assert len(asked("/api/v1/findings")) == 1
    assert asked("/api/v1/findings") == asked("/api/v1/findings/fnd_0000000000000")
    assert len(asked("/api/v1/assets/ast_0000000000000/sbom")) == 2, "exports add to what assets have"
    assert asked("/api/v1/nothing") == asked("/api/v1") == asked("/") == []
    assert subjects[0].matches({"type": "http", "method": "GET", "path": "/api/v1/nothing"})[0] is Match.NONE
