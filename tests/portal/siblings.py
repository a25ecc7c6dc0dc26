"""Billing and inventory behind real HTTP, for the pages that ask them; and the carrier of their events."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from services.billing.app import create_app as create_billing
from services.inventory.app import create_app as create_inventory
from services.portal.app import create_app as create_portal
from shared.auth.tokens import Actor
from shared.events.worker import build_relay
from tests.clients import Client, Clients
from tests.databases import Databases
from tests.portal.conftest import Browser
from tests.settings import settings_for

NOWHERE = "http://127.0.0.1:1"


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        """Say nothing: the app logs its own requests."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine and say where."""
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Siblings:
    """The two services the portal speaks to."""

    billing: Clients
    inventory: Clients
    billing_url: str
    inventory_url: str
    databases: Databases
    keys_dir: Path
    portals: dict[tuple[tuple[str, str], ...], Flask] = field(default_factory=dict)

    def portal(self, **changes: str) -> Flask:
        """Return a portal that knows where both are, or is told otherwise."""
        urls = {"billing_url": self.billing_url, "inventory_url": self.inventory_url, **changes}
        told = tuple(sorted(urls.items()))
        if told not in self.portals:
            self.portals[told] = self._build(urls)
        return self.portals[told]

    def _build(self, urls: dict[str, str]) -> Flask:
        database = self.databases.portal
        return create_portal(settings_for("portal", database.app_url, self.keys_dir, **urls), database.app)

    def browser(self, name: str, **changes: str) -> Browser:
        """Return the browser of somebody who has signed in."""
        browser = Browser(self.portal(**changes))
        assert browser.sign_in(name).status_code == 303
        return browser

    def at_billing(self, actor: Actor) -> Client:
        return self.billing.as_(actor)

    def at_inventory(self, actor: Actor) -> Client:
        return self.inventory.as_(actor)

    def carry_events(self) -> None:
        """Do what the two workers do until nothing is on its way any more."""
        ways = (
            ("billing", "inventory", self.databases.billing),
            ("inventory", "billing", self.databases.inventory),
        )
        urls = {"billing_url": self.billing_url, "inventory_url": self.inventory_url}
        for source, destination, database in ways:
            settings = settings_for(source, database.app_url, self.keys_dir, **urls)
            build_relay(settings, database.app, destination).drain()


@contextmanager
def siblings_on(databases: Databases, keys_dir: Path) -> Iterator[Siblings]:
    """Serve billing and inventory on the test databases."""
    billing = create_billing(
        settings_for("billing", databases.billing.app_url, keys_dir), databases.billing.app
    )
    inventory = create_inventory(
        settings_for("inventory", databases.inventory.app_url, keys_dir), databases.inventory.app
    )
    with served(billing) as billing_url, served(inventory) as inventory_url:
        yield Siblings(
            Clients(billing, keys_dir),
            Clients(inventory, keys_dir),
            billing_url,
            inventory_url,
            databases,
            keys_dir,
        )
    for app in (billing, inventory):
        app.extensions["waker"].stop()
