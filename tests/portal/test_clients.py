"""The portal speaks to its siblings as the person signed in, and says in words when one is away."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from flask import Flask, g

from services.portal import clients
from services.portal.app import create_app
from services.portal.clients import ProblemFromService, ServiceAway
from services.portal.current import SignedIn
from services.portal.form_errors import errors_by_field
from shared.auth.tokens import STAFF, Actor, KeyRing
from shared.clock import utc_now
from tests.databases import ServiceDatabase
from tests.settings import settings_for


class _Sibling(BaseHTTPRequestHandler):
    """Notes what it was asked and answers what the test prepared."""

    asked: ClassVar[list[dict[str, Any]]] = []
    answer: ClassVar[tuple[int, str, bytes]] = (200, "application/json", b"{}")

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.asked.append(
            {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
        )
        status, content_type, answer = type(self).answer
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that the server calls

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def sibling() -> Iterator[type[_Sibling]]:
    _Sibling.asked, _Sibling.answer = [], (200, "application/json", b"{}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sibling)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    _Sibling.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    yield _Sibling
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(portal_database: ServiceDatabase, keys_dir: Path, sibling: Any) -> Flask:
    settings = settings_for("portal", portal_database.app_url, keys_dir, billing_url=sibling.address)
    return create_app(settings, portal_database.app)


def _person(roles: tuple[str, ...] = ("front_desk",), session: bytes = b"s") -> SignedIn:
    actor = Actor(str(UUID(int=7)), "Dora Desk", STAFF, frozenset(roles), frozenset({"main"}))
    return SignedIn(actor, UUID(int=7), "dora@demo.clinic", "main", {"main": "Main"}, False, session)


@pytest.fixture
def request_of_dora(app: Flask) -> Iterator[None]:
    with app.test_request_context("/desk/today"):
        g.request_id = "request-0001"
        g.signed_in = _person()
        yield


def _token(asked: dict[str, Any]) -> str:
    return str(asked["headers"]["Authorization"]).removeprefix("Bearer ")


@pytest.mark.usefixtures("request_of_dora")
def test_a_call_carries_the_person_the_request_id_the_key_and_the_version(
    sibling: Any, keys_dir: Path
) -> None:
    sibling.answer = (200, "application/json", b'{"version": 4}')

    answer = clients.billing().call(
        "PATCH", "/v1/visits/1", body={"a": 1}, query={"x": 1, "y": None}, idempotency_key="k1", if_match=3
    )

    asked = sibling.asked[0]
    actor = KeyRing.from_folder(keys_dir, "billing").verify(_token(asked), audience="billing", now=utc_now())
    assert answer == {"version": 4}
    assert (asked["method"], asked["path"], asked["body"]) == ("PATCH", "/v1/visits/1?x=1", b'{"a": 1}')
    assert asked["headers"]["X-Request-Id"] == "request-0001"
    assert asked["headers"]["Idempotency-Key"] == "k1"
    assert asked["headers"]["If-Match"] == '"3"'
    assert (actor.subject, actor.roles, actor.clinics) == (str(UUID(int=7)), {"front_desk"}, {"main"})


@pytest.mark.usefixtures("request_of_dora")
def test_a_token_is_used_again_until_roles_change_or_another_session_asks(sibling: Any) -> None:
    for person in (
        _person(),
        _person(),
        _person(("front_desk", "manager")),
        _person(session=b"other"),
        _person(),
    ):
        g.signed_in = person
        clients.billing().charges(clinic_id="main")

    tokens = [_token(asked) for asked in sibling.asked]
    assert tokens[0] == tokens[1] == tokens[4]
    assert len(set(tokens)) == 3


@pytest.mark.usefixtures("request_of_dora")
def test_a_refusal_keeps_the_words_and_fields_of_the_sibling(sibling: Any) -> None:
    problem = {
        "type": "/problems/price-changed",
        "title": "The price changed",
        "status": 409,
        "detail": "The total is 274.00 now.",
        "errors": [{"pointer": "/expected_total_cents", "code": "changed", "detail": "Take 274.00."}],
    }
    sibling.answer = (409, "application/problem+json", json.dumps(problem).encode())

    with pytest.raises(ProblemFromService) as caught:
        clients.billing().check_out({}, key="k")

    refused = caught.value
    assert (refused.status, refused.code, refused.title) == (409, "price-changed", "The price changed")
    assert refused.detail == "The total is 274.00 now."
    assert errors_by_field(refused) == {"expected_total_cents": "Take 274.00."}


@pytest.mark.usefixtures("request_of_dora")
@pytest.mark.parametrize(
    "answer",
    [
        (200, "application/json", b"garbage"),
        (200, "application/json", b"[1, 2]"),
        (500, "text/html", b"<h1>trouble</h1>"),
        (503, "application/problem+json", b'{"type": "/problems/busy", "title": "Busy", "detail": "x"}'),
        (
            401,
            "application/problem+json",
            b'{"type": "/problems/token-invalid", "title": "t", "detail": "d"}',
        ),
        (302, "text/plain", b""),
        (404, "application/json", b'{"type": 1}'),
        (422, "application/json", b'{"type": "t", "title": "t", "detail": "d", "errors": [1]}'),
    ],
)
def test_an_answer_nobody_can_use_counts_as_away(sibling: Any, answer: tuple[int, str, bytes]) -> None:
    sibling.answer = answer

    with pytest.raises(ServiceAway) as caught:
        clients.billing().invoice(uuid4())

    assert (caught.value.status, caught.value.headers["Retry-After"]) == (503, "5")


@pytest.mark.usefixtures("request_of_dora")
def test_a_sibling_that_is_down_is_said_with_what_still_works() -> None:
    with pytest.raises(ServiceAway) as caught:
        clients.inventory().stock(clinic_id="main")

    assert "Go on treating and taking payment" in caught.value.detail


@pytest.mark.usefixtures("request_of_dora")
def test_a_pdf_comes_as_bytes(sibling: Any) -> None:
    sibling.answer = (200, "application/pdf", b"%PDF-1.7 \xff\x00")
    invoice_id = uuid4()

    found = clients.billing().invoice_pdf(invoice_id)

    assert found == b"%PDF-1.7 \xff\x00"
    assert sibling.asked[0]["path"] == f"/v1/invoices/{invoice_id}.pdf"


@pytest.mark.usefixtures("request_of_dora")
def test_a_key_cannot_change_the_address(sibling: Any) -> None:
    clients.billing().checkout_made("../../v1/events?x=1#y", clinic_id="main")

    assert sibling.asked[0]["path"] == "/v1/checkouts/..%2F..%2Fv1%2Fevents%3Fx%3D1%23y?clinic_id=main"
