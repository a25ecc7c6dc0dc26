"""Forged tokens, B40 to B51: whatever is wrong, the answer is 401; nothing is fetched, nothing written."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.test import TestResponse

from tests.databases import Databases
from tests.faults.doors import APIS, SIBLING, Door, flaw_of, opened
from tests.faults.forgery import Forge, b64, decoded, part

Make = Callable[[Forge, str], str]
NOW_ON = 9_999_999_999


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


@pytest.fixture(scope="module")
def forge(keys_dir: Path) -> Forge:
    return Forge(keys_dir)


def path_at(door: Door) -> str:
    return "/v1/patients" if door.service == "billing" else "/v1/items"


def knock(door: Door, *authorizations: str) -> TestResponse:
    return door.app.test_client().get(
        path_at(door), headers=[("Authorization", value) for value in authorizations]
    )


def test_a_token_made_by_hand_is_as_good_as_the_portals(door: Door, forge: Forge) -> None:
    """Without this, all others might be refused for one and the same other reason."""
    assert knock(door, f"Bearer {forge.good()}").status_code == 200


def unsigned(algorithm: str) -> Make:
    return lambda forge, _: f"{part(forge.header(alg=algorithm))}.{part(forge.staff_claims())}."


def claims(**changes: Any) -> Make:
    return lambda forge, _: forge.good(**changes)


def header(**changes: Any) -> Make:
    return lambda forge, _: forge.signed(forge.header(**changes), forge.staff_claims())


def times(issued: float, expires: Any) -> Make:
    def make(forge: Forge, _: str) -> str:
        now = forge.staff_claims()["iat"]
        shifted = expires if not isinstance(expires, int) or expires == NOW_ON else now + expires
        return forge.good(iat=now + issued, exp=shifted)

    return make


def edited(forge: Forge, _: str) -> str:
    head, payload, signature = forge.good(roles=["front_desk"]).split(".")
    raised = json.loads(decoded(payload)) | {"roles": ["owner"]}
    return f"{head}.{part(raised)}.{signature}"


def own_key_in_header(forge: Forge, _: str) -> str:
    """The attacker's own key, brought along in the header."""
    mine = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(mine.public_key().public_bytes_raw())}
    body = f"{part(forge.header(jwk=jwk))}.{part(forge.staff_claims())}"
    return f"{body}.{b64(mine.sign(body.encode()))}"


def stranger(forge: Forge, _: str) -> str:
    body = f"{part(forge.header())}.{part(forge.staff_claims())}"
    return f"{body}.{b64(Ed25519PrivateKey.generate().sign(body.encode()))}"


def by_another_service(claimed_issuer: str) -> Make:
    """A service's stolen key, used to speak for a person."""
    return lambda forge, service: forge.signed(
        forge.header(service), forge.staff_claims(iss=claimed_issuer or service), by=service
    )


def service_token(**changes: Any) -> Make:
    def make(forge: Forge, service: str) -> str:
        sender = SIBLING[service]
        return forge.signed(
            forge.header(sender, typ="service+jwt"), forge.service_claims(sender, **changes), by=sender
        )

    return make


def jwe(forge: Forge, _: str) -> str:
    head = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 10**9, "p2s": b64(b"salt"), "zip": "DEF"}
    return ".".join([part(head), b64(b"k" * 24), b64(b"i" * 12), b64(b"c" * 500), b64(b"t" * 16)])


def deep(forge: Forge, _: str) -> str:
    return f"{part(forge.header())}.{b64(b'[' * 2200)}.{b64(b's' * 64)}"


FORGED: dict[str, Make] = {
    # B40
    **{f"algorithm {name!r}": unsigned(name) for name in ("none", "None", "nOnE", "NONE", "", "Ed25519")},
    "no signature": lambda forge, _: forge.good().rpartition(".")[0] + ".",
    "no third part": lambda forge, _: forge.good().rpartition(".")[0],
    # B41
    **{
        f"{name} with the public key": (
            lambda forge, _, name=name: forge.hmac_signed(name, forge.public_pem("portal"))
        )
        for name in ("HS256", "HS512")
    },
    "another algorithm's name": header(alg="EdDSA"),
    "a list of algorithms": header(alg=["Ed25519"]),
    "no algorithm": header(alg=None),
    # B42
    **{
        f"kid {kid[:30]!r}": header(kid=kid)
        for kid in (
            "../../../../dev/null",
            "x' UNION SELECT 'key'--",
            "http://evil/key",
            "unknown",
            "",
            "k" * 10_000,
        )
    },
    "kid that is a number": header(kid=7),
    "kid that is a list": header(kid=["a"]),
    "no kid": header(kid=None),
    # B43 (the addresses are in a test of their own)
    "its own key": own_key_in_header,
    "a stranger's key": stranger,
    # B44
    "expired": times(-900, -300),
    "expired this second": times(-600, 0),
    "issued tomorrow": times(86_400, 86_700),
    "not valid for an hour yet": claims(nbf=NOW_ON),
    "no end": claims(exp=None),
    "no beginning": claims(iat=None),
    "an end that is a float": times(0, 1e12),
    "an end beyond all floats": lambda forge, _: forge.signed(
        forge.header(), json.dumps(forge.staff_claims()).replace(str(forge.staff_claims()["exp"]), "1e999")
    ),
    "an end in words": times(0, "9999999999"),
    "a true end": claims(exp=True),
    "an end in a hundred years": times(0, NOW_ON),
    "an end before its beginning": times(600, 300),
    # B45
    "for inventory only": claims(aud=["inventory"]),
    "for billing only": claims(aud="billing"),
    "for everybody": claims(aud="*"),
    "for one more": claims(aud=["billing", "inventory", "portal"]),
    "for nobody": claims(aud=None),
    "from a stranger": claims(iss="evil"),
    "from nobody": claims(iss=None),
    "from a list": claims(iss=["portal"]),
    "about nobody": claims(sub=None),
    "about an empty name": claims(sub=""),
    "about a number": claims(sub=7),
    "roles that are text": claims(roles="owner"),
    "roles that are objects": claims(roles=[{"owner": True}]),
    "clinics that are all": claims(clinics=["*"]),
    "clinics in one text": claims(clinics=["main,harbor"]),
    "a claim nobody knows": claims(admin=True),
    # B46
    "a person's token called a service's": header(typ="service+jwt"),
    "a token of another type": header(typ="JWT"),
    "a refresh token": header(typ="refresh+jwt"),
    "a token without type": header(typ=None),
    # Each speaks for itself
    "signed by a service in its own name": by_another_service(""),
    "signed by a service in the portal's name": by_another_service("portal"),
    "a service for another audience": service_token(aud="portal"),
    "a service for several": service_token(aud=["billing", "inventory"]),
    "a service in another's name": service_token(aud="billing", sub="portal"),
    # B47
    "edited after signing": edited,
    "a cut signature": lambda forge, _: forge.good()[:-4],
    "an extra part": lambda forge, _: forge.good() + ".e30",
    "padding": lambda forge, _: forge.good() + "==",
    "a blank inside": lambda forge, _: forge.good().replace(".", " .", 1),
    "a line break": lambda forge, _: forge.good().replace(".", ".\t"),
    "critical extensions": header(crit=["exp"], exp=NOW_ON),
    "unencoded payload": header(b64=False, crit=["b64"]),
    "content type": header(cty="JWT"),
    "claims that are a list": lambda forge, _: forge.signed(forge.header(), ["owner"]),
    "claims that are no JSON": lambda forge, _: forge.signed(forge.header(), "{"),
    "claims twice": lambda forge, _: forge.signed(
        forge.header(), json.dumps(forge.staff_claims())[:-1] + ', "sub": "staff-olga"}'
    ),
    "half a character": claims(sub="\ud800"),
    "a name with NUL": claims(name="Mallory\x00"),
    "a header that is a list": lambda forge, _: forge.signed([], forge.staff_claims()),
    "a header that is no JSON": lambda forge, _: forge.signed("{", forge.staff_claims()),
    # B48
    "an encrypted token": jwe,
    "deeply nested": deep,
    # Not tokens at all
    "nothing": lambda *_: "",
    "dots": lambda *_: "..",
    "words": lambda *_: "let me in",
    "accents": lambda *_: "\u00e9.\u00e9.\u00e9",
    "a megabyte": lambda *_: "a" * 1_000_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_opens_nothing(door: Door, forge: Forge, name: str) -> None:
    answer = knock(door, f"Bearer {FORGED[name](forge, door.service)}")

    assert flaw_of(answer, 401) == ""
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_forged_token_writes_nothing(door: Door, forge: Forge) -> None:
    before = door.stored()

    for name, make in FORGED.items():
        headers = {"Authorization": f"Bearer {make(forge, door.service)}", "Idempotency-Key": "forged"}
        answer = door.app.test_client().post(path_at(door), json={}, headers=headers)
        assert flaw_of(answer, 401) == "", name

    assert door.stored() == before


@pytest.mark.parametrize("field", ["jku", "x5u"])
def test_no_address_in_a_token_is_ever_visited(door: Door, forge: Forge, field: str) -> None:
    """B43: a listener stands at the address, and nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/keys.json"
        token = forge.signed(forge.header(**{field: address}), forge.staff_claims())

        answer = knock(door, f"Bearer {token}")

        assert flaw_of(answer, 401) == ""
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    "scheme", ["", "Basic ", "Token ", "Bearer  ", "Bearer,", "bearer\t", "Bearer Bearer "]
)
def test_a_good_token_under_another_scheme_is_none(door: Door, forge: Forge, scheme: str) -> None:
    assert flaw_of(knock(door, scheme + forge.good()), 401) == ""


def test_two_tokens_are_none(door: Door, forge: Forge) -> None:
    """B51: which of the two would count is nobody's guess."""
    good = f"Bearer {forge.good()}"

    assert flaw_of(knock(door, good, good), 401) == ""
    assert flaw_of(knock(door, f"{good}, {good}"), 401) == ""
    assert flaw_of(knock(door), 401) == ""


def test_a_token_anywhere_but_in_its_header_is_none(door: Door, forge: Forge) -> None:
    """B51: addresses are logged and remembered; cookies are sent by other people's pages."""
    browser, token = door.app.test_client(), forge.good()
    browser.set_cookie("access_token", token)
    browser.set_cookie("clinic_session", token)

    answers = [
        browser.get(path_at(door)),
        browser.get(path_at(door), query_string={"access_token": token}),
        browser.get(path_at(door), query_string={"token": token}),
        browser.get(path_at(door), headers={"X-Access-Token": token, "X-User-Id": "1"}),
        browser.post(path_at(door), data={"access_token": token}),
    ]

    assert [flaw_of(answer, 401) for answer in answers] == [""] * 5


def test_a_clock_that_is_a_little_ahead_is_forgiven(door: Door, forge: Forge) -> None:
    assert knock(door, f"Bearer {times(20, 500)(forge, door.service)}").status_code == 200
    assert flaw_of(knock(door, f"Bearer {times(45, 500)(forge, door.service)}"), 401) == ""


def test_a_refusal_says_the_same_whatever_was_wrong(door: Door, forge: Forge) -> None:
    details = {knock(door, f"Bearer {make(forge, door.service)}").json["detail"] for make in FORGED.values()}

    assert details == {"The token is missing, expired or not meant for this service."}
