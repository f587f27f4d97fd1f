"""Access tokens: what we signed and only that, for a quarter of an hour, under each of the listed keys."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hauberk.infra.access_tokens import LIFETIME_SECONDS, AccessTokens, NotAnAccessToken
from hauberk.infra.crypto import KeyRing, SecretKey

OLD, NEW = SecretKey("old", b"a" * 43), SecretKey("new", b"b" * 43)
SITE = "https://hauberk.example.org"
TOKENS = AccessTokens(KeyRing([NEW, OLD]), SITE)


def _encode(value):
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _parts(token):
    head, body, _ = token.split(".")
    return [json.loads(base64.urlsafe_b64decode(each + "==")) for each in (head, body)]


def _made(header=None, claims=None, *, sign=None, tokens=TOKENS):
    """A token of ours, changed and signed again by whoever has our key, or by `sign`."""
    head, body = _parts(tokens.issue(client_id="svc_1", credential="abc"))
    signed = f"{_encode({**head, **(header or {})})}.{_encode({**body, **(claims or {})})}"
    key = next(iter(tokens._pairs.values()))
    return f"{signed}.{_encode((sign or key.sign)(signed.encode()))}"


def test_what_was_issued_is_known_again():
    found = TOKENS.verify(TOKENS.issue(client_id="svc_1", credential="abc"))
    assert (found.client_id, found.credential) == ("svc_1", "abc")
    assert found.expires_at == pytest.approx(time.time() + LIFETIME_SECONDS, abs=2)


def test_it_says_nothing_of_rights():
    _, claims = _parts(TOKENS.issue(client_id="svc_1", credential="abc"))
    assert set(claims) == {"iss", "aud", "sub", "cid", "iat", "exp", "jti"}


def test_a_rotation_ends_no_token_and_the_old_key_leaves_with_its_secret():
    before = AccessTokens(KeyRing([OLD]), SITE).issue(client_id="svc_1", credential="abc")
    assert TOKENS.verify(before).client_id == "svc_1"
    with pytest.raises(NotAnAccessToken):
        AccessTokens(KeyRing([NEW]), SITE).verify(before)
    assert _parts(TOKENS.issue(client_id="s", credential="c"))[0] != _parts(before)[0]


def test_the_published_keys_verify_it_and_hold_no_private_half():
    published = TOKENS.public_keys()["keys"]
    assert [set(each) for each in published] == [{"kty", "crv", "x", "kid", "alg", "use"}] * 2
    token = TOKENS.issue(client_id="svc_1", credential="abc")
    named = next(each for each in published if each["kid"] == _parts(token)[0]["kid"])
    signed, _, signature = token.rpartition(".")
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(named["x"] + "=="))
    key.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())


def _hs256(message):
    """The confusion of keys: the public key, which everybody has, taken for a shared secret."""
    public = base64.urlsafe_b64decode(TOKENS.public_keys()["keys"][0]["x"] + "==")
    return hmac.digest(public, message, hashlib.sha256)


FORGED = {
    "no algorithm": lambda: _made({"alg": "none"}, sign=lambda _: b""),
    "no algorithm, otherwise spelt": lambda: _made({"alg": "nOnE"}, sign=lambda _: b""),
    "a shared secret": lambda: _made({"alg": "HS256"}, sign=_hs256),
    "RSA": lambda: _made({"alg": "RS256"}),
    "the older name of the algorithm": lambda: _made({"alg": "EdDSA"}),
    "another type": lambda: _made({"typ": "JWT"}),
    "an unknown key": lambda: _made({"kid": "nobody"}),
    "a path for a key": lambda: _made({"kid": "../../../dev/null"}, sign=_hs256),
    "a list for a key": lambda: _made({"kid": ["x"]}),
    "something critical": lambda: _made({"crit": ["exp"]}),
    "a key of its own": lambda: _made({"jwk": {"kty": "OKP"}}),
    "an address of keys": lambda: _made({"jku": "https://evil.example/keys"}),
    "a certificate": lambda: _made({"x5u": "https://evil.example/cert"}),
    "somebody else's signature": lambda: _made(sign=Ed25519PrivateKey.generate().sign),
    "no signature": lambda: _made(sign=lambda _: b""),
    "its time over": lambda: _made(claims={"exp": int(time.time()) - 1, "iat": int(time.time()) - 900}),
    "too long a time": lambda: _made(claims={"exp": int(time.time()) + 86_400}),
    "made tomorrow": lambda: _made(
        claims={"iat": int(time.time()) + 86_400, "exp": int(time.time()) + 86_500}
    ),
    "no end": lambda: _made(claims={"exp": None}),
    "an end that is true": lambda: _made(claims={"exp": True}),
    "an end that is a text": lambda: _made(claims={"exp": "9999999999"}),
    "an endless end": lambda: _made(claims={"exp": 1e400}),
    "another audience": lambda: _made(claims={"aud": "another"}),
    "several audiences": lambda: _made(claims={"aud": ["hauberk-api"]}),
    "another issuer": lambda: _made(claims={"iss": "https://evil.example"}),
    "no subject": lambda: _made(claims={"sub": None}),
    "another installation's": lambda: AccessTokens(KeyRing([SecretKey("x", b"c" * 43)]), SITE).issue(
        client_id="svc_1", credential="abc"
    ),
    "another site's": lambda: AccessTokens(KeyRing([NEW]), "https://other.example").issue(
        client_id="svc_1", credential="abc"
    ),
    "padded": lambda: TOKENS.issue(client_id="svc_1", credential="abc") + "==",
    "a fourth part": lambda: TOKENS.issue(client_id="svc_1", credential="abc") + ".x",
    "a line break": lambda: TOKENS.issue(client_id="svc_1", credential="abc") + "\n",
    "not JSON": lambda: f"{_encode(b'{')}.{_encode(b'{}')}.{_encode(b'x')}",
    "deep JSON": lambda: f"{_encode(b'[' * 900)}.{_encode(b'{}')}.{_encode(b'x')}",
    "a list": lambda: f"{_encode([])}.{_encode({})}.{_encode(b'x')}",
    "nothing": lambda: "..",
    "too long": lambda: "a" * 3000 + "..",
    "no ASCII": lambda: "é.é.é",
}


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED)
def test_a_forgery_is_none_of_ours(forgery):
    with pytest.raises(NotAnAccessToken):
        TOKENS.verify(forgery())


def test_one_changed_character_anywhere_is_noticed():
    token = TOKENS.issue(client_id="svc_1", credential="abc")
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(NotAnAccessToken):
            TOKENS.verify(changed)
