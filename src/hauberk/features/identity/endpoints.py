"""HTTP of identity: every subject in a file of its own."""

from fastapi import APIRouter

from hauberk.features.identity import (
    account_endpoints,
    people_endpoints,
    service_account_endpoints,
    signing_in_endpoints,
    token_endpoints,
)

router = APIRouter()
for subject in (
    signing_in_endpoints,
    account_endpoints,
    token_endpoints,
    people_endpoints,
    service_account_endpoints,
):
    router.include_router(subject.router)
