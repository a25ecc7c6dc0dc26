"""The set-up of a suite on somebody else's PostgreSQL, and the certificate of its proxy."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from suite import certificate
from suite.cluster import Cluster
from suite.environment import of_machine
from suite.errors import CannotStart
from suite.setup import setup


def test_the_demo_is_never_opened_to_the_network(cluster: Cluster) -> None:
    given = of_machine(cluster) | {
        "CLINIC_ADMIN_DATABASE_URL": cluster.admin_url(),
        "CLINIC_ENV": "demo",
        "CLINIC_PUBLISH_ADDRESS": "0.0.0.0",
    }

    with pytest.raises(CannotStart, match=r"publish it on 127\.0\.0\.1, not on 0\.0\.0\.0"):
        setup(given)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(CannotStart, match=r"CLINIC_ENV.*CLINIC_ADMIN_DATABASE_URL.*BILLING_DATABASE_URL"):
        setup({})


def test_a_server_that_does_not_answer_is_one_clear_line(cluster: Cluster, tmp_path: Path) -> None:
    given = of_machine(cluster) | {
        "CLINIC_ENV": "test",
        "CLINIC_ADMIN_DATABASE_URL": f"postgresql://postgres:x@/postgres?host={tmp_path}",
    }

    with pytest.raises(CannotStart, match="PostgreSQL does not answer"):
        setup(given)


def test_the_certificate_serves_tls_and_stays(tmp_path: Path) -> None:
    certificate.ensure_certificate(tmp_path, "clinic.example")
    before = (tmp_path / "certificate.pem").read_bytes()
    certificate.ensure_certificate(tmp_path, "clinic.example")

    found = x509.load_pem_x509_certificate(before)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["clinic.example"]
    assert (tmp_path / "certificate.pem").read_bytes() == before
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
        tmp_path / "certificate.pem", tmp_path / "key.pem"
    )


def test_a_certificate_is_renewed_for_another_name_or_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for host, lifetime in (
        ("a.example", timedelta(days=20)),
        ("a.example", timedelta(days=400)),
        ("b.example", None),
    ):
        monkeypatch.setattr(certificate, "LIFETIME", lifetime or timedelta(days=400))
        certificate.ensure_certificate(tmp_path, host)
        made.append(x509.load_pem_x509_certificate((tmp_path / "certificate.pem").read_bytes()))

    assert len({found.serial_number for found in made}) == 3
    assert made[1].not_valid_after_utc > datetime.now(UTC) + timedelta(days=300)


def test_a_certificate_of_the_clinics_own_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "OURS", "Another Authority")
    certificate.ensure_certificate(tmp_path, "clinic.example")
    monkeypatch.undo()
    before = (tmp_path / "certificate.pem").read_bytes()

    certificate.ensure_certificate(tmp_path, os.uname().nodename)

    assert (tmp_path / "certificate.pem").read_bytes() == before
