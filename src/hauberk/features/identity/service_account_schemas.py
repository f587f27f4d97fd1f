"""What the end points of service accounts take and answer."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from hauberk.db.models.identity import ClientSecret, ServiceAccount
from hauberk.domain.permissions import Role
from hauberk.features.identity.schemas import Name, Secret
from hauberk.features.identity.service_accounts import MadeSecret
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema

Scopes = Annotated[
    list[Annotated[str, StringConstraints(max_length=50)]],
    Field(
        min_length=1,
        max_length=50,
        description="`*` or names of permissions, of which it has those that its role has, too",
        examples=[["scans:write"]],
    ),
]


class ServiceAccountRequest(Payload):
    name: Name
    role: Role = Field(examples=["member"])
    scopes: Scopes


class ServiceAccountChange(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is_disabled": True}]})

    name: Name | None = None
    role: Role | None = None
    scopes: Scopes | None = None
    is_disabled: bool | None = None


class TokenGrant(Payload):
    """As RFC 6749 has it in section 4.4; the credentials here or, by HTTP Basic, in the header."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "grant_type": "client_credentials",
                    "client_id": "svc_0000000000000",
                    "client_secret": "hbk_0123456789ab_…",
                }
            ]
        }
    )

    grant_type: Annotated[str, StringConstraints(max_length=100)]
    client_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    client_secret: Secret | None = None


class AccessTokenSchema(Schema):
    access_token: str = Field(description="To be sent as `Authorization: Bearer …`")
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds")


class PublicKeySchema(Schema):
    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str


class PublicKeysSchema(Schema):
    """A JSON web key set."""

    keys: list[PublicKeySchema]


class ClientSecretSchema(Schema):
    id: str
    hint: str = Field(description="How it begins", examples=["hbk_0123456789ab"])
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None

    @classmethod
    def of(cls, secret: ClientSecret, ids: Ids) -> "ClientSecretSchema":
        return cls(
            id=ids.encode("sec", secret.id),
            hint=f"hbk_{secret.public_id}",
            created_at=secret.created_at,
            expires_at=secret.expires_at,
            last_used_at=secret.last_used_at,
        )


class ServiceAccountSchema(Schema):
    id: str = Field(description="Its client id")
    name: str
    role: Role
    scopes: list[str]
    is_disabled: bool
    created_at: Instant
    secrets: list[ClientSecretSchema]

    @classmethod
    def of(cls, account: ServiceAccount, secrets: Sequence[ClientSecret], ids: Ids) -> "ServiceAccountSchema":
        return cls(
            id=ids.encode("svc", account.id),
            name=account.name,
            role=Role(account.role),
            scopes=account.scopes,
            is_disabled=account.is_disabled,
            created_at=account.created_at,
            secrets=[
                ClientSecretSchema.of(each, ids) for each in secrets if each.service_account_id == account.id
            ],
        )


class MadeSecretSchema(Schema):
    client_id: str
    client_secret: str = Field(description="Shown only here")
    secret: ClientSecretSchema

    @classmethod
    def of(cls, made: MadeSecret, ids: Ids) -> "MadeSecretSchema":
        return cls(
            client_id=ids.encode("svc", made.account.id),
            client_secret=made.text,
            secret=ClientSecretSchema.of(made.secret, ids),
        )
