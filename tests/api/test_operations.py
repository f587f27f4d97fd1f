"""What requests have to know of a route before it is chosen, read from the routes without describing them."""

from hauberk.api import openapi
from hauberk.api.app import assembled
from hauberk.api.middleware.operations import operations_of


def test_routes_say_what_the_document_says_of_them(settings):
    app = assembled(settings)
    said = {
        (method, path): (set(operation.takes), set(operation.gives), operation.transfer)
        for method, path, operation in operations_of(app.routes)
    }
    documented = {
        (method.upper(), path): (
            set(operation.get("requestBody", {}).get("content", ())),
            {
                kind
                for code, answer in operation["responses"].items()
                if code < "400"
                for kind in answer.get("content", ())
            },
            operation.get("x-transfer"),
        )
        for path, operations in openapi.describe(app)["paths"].items()
        for method, operation in operations.items()
    }
    assert said == documented
    assert {transfer for _, _, transfer in said.values()} == {None, "upload", "stream"}
