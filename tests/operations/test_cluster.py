"""The embedded PostgreSQL: who gets in, what stays, what ends."""

import dataclasses
import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from suite import postgres_files
from suite.cluster import Cluster, ClusterInUse, throwaway_cluster
from suite.databases import Address
from suite.environment import ROOT
from suite.errors import CannotStart

HOLD = "import sys, time; from pathlib import Path; from suite.cluster import throwaway_cluster\n"
HOLD += "with throwaway_cluster(Path(sys.argv[1])): print('up', flush=True); time.sleep(60)"


def test_nobody_gets_in_without_the_password(cluster: Cluster) -> None:
    for url in (cluster.admin_url(), cluster.environment()["BILLING_DATABASE_URL"]):
        guess = dataclasses.replace(Address.parse(url), password="guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            guess.connect()


def test_the_app_role_may_not_create_anything(cluster: Cluster) -> None:
    app = Address.parse(cluster.environment()["BILLING_DATABASE_URL"])
    with app.connect() as connection:
        for statement in ("CREATE TABLE t (i int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (i int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_service_may_not_enter_another_ones_database(cluster: Cluster) -> None:
    billing = Address.parse(cluster.environment()["BILLING_DATABASE_URL"])

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        billing.connect("clinic_inventory")


def test_text_is_ordered_the_same_on_every_machine(cluster: Cluster) -> None:
    with Address.parse(cluster.environment()["BILLING_DATABASE_URL"]).connect() as connection:
        query = "SELECT string_agg(t, '' ORDER BY t), lower('ŁÓDŹ') FROM unnest(ARRAY['b', 'Z', 'é', 'a']) t"
        row = connection.execute(query).fetchone()

    assert row == ("Zabé", "łódź")


def test_what_was_committed_is_there_after_a_restart(folder: Path) -> None:
    with throwaway_cluster(folder) as first:
        owner = Address.parse(first.environment()["BILLING_OWNER_DATABASE_URL"])
        with owner.connect() as connection:
            connection.execute("CREATE TABLE kept (i int)")
    with throwaway_cluster(folder) as second, owner.connect() as connection:
        row = connection.execute("SELECT to_regclass('kept')::text, current_user::text").fetchone()

    assert second.environment() == first.environment()
    assert row == ("kept", "billing_owner")


def test_only_a_throwaway_cluster_does_not_wait_for_the_disk(folder: Path) -> None:
    answers = {}
    for durable in (False, True):
        with (
            Cluster(folder, durable=durable) as cluster,
            Address.parse(cluster.admin_url()).connect() as admin,
        ):
            answers[durable] = (
                admin.execute("SHOW fsync").fetchone(),
                admin.execute("SHOW full_page_writes").fetchone(),
            )

    assert answers == {False: (("off",), ("off",)), True: (("on",), ("on",))}


def test_a_changed_password_takes_effect_when_set_up_again(folder: Path) -> None:
    with throwaway_cluster(folder) as cluster:
        (folder / "secrets" / "billing_app_password").write_text("a-new-one\n", encoding="ascii")
        environment = cluster.ensure_databases()

        with Address.parse(environment["BILLING_DATABASE_URL"]).connect() as connection:
            row = connection.execute("SELECT current_user::text").fetchone()

    assert row == ("billing_app",)


def test_data_without_its_password_is_one_clear_line(folder: Path) -> None:
    with throwaway_cluster(folder):
        pass
    (folder / "secrets" / "postgres_admin_password").unlink()

    with (
        pytest.raises(CannotStart, match="postgres_admin_password cannot be read"),
        throwaway_cluster(folder),
    ):
        pass


def test_a_deep_folder_gets_its_socket_in_a_short_place(folder: Path) -> None:
    deep = folder / ("x" * 60) / ("y" * 60)
    with throwaway_cluster(deep) as cluster:
        address = Address.parse(cluster.environment()["PORTAL_DATABASE_URL"])
        with address.connect() as connection:
            row = connection.execute("SELECT 1").fetchone()

        mode = Path(address.host).stat().st_mode

    assert row == (1,)
    assert not address.host.startswith(str(folder))
    assert mode & 0o077 == 0
    assert not Path(address.host).exists()


def test_a_second_process_is_told_who_runs_the_cluster(folder: Path) -> None:
    with throwaway_cluster(folder):
        second = subprocess.run(
            [sys.executable, "-c", HOLD, folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    assert f"already running in this folder, as process {os.getpid()}" in second.stderr


def test_a_command_uses_the_server_that_runs_already(folder: Path) -> None:
    with throwaway_cluster(folder) as running:
        running.share()
        with Cluster(folder).running() as guest, Address.parse(guest.admin_url()).connect() as connection:
            row = connection.execute("SELECT 1").fetchone()
    with throwaway_cluster(folder):
        pass

    assert row == (1,)
    assert running.data == guest.data


def test_a_command_does_not_use_a_server_that_will_soon_be_gone(folder: Path) -> None:
    with throwaway_cluster(folder), pytest.raises(ClusterInUse), Cluster(folder).running(patience=0.1):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start clears it away")
def test_the_server_ends_when_its_starter_is_killed(folder: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", HOLD, folder], cwd=ROOT, stdout=subprocess.PIPE)
    assert starter.stdout is not None
    with starter.stdout as said:
        assert said.readline() == b"up\n"
    server = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))

    starter.send_signal(signal.SIGKILL)
    starter.wait()

    server.wait(10)
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_a_server_left_behind_is_stopped_by_the_next_start(folder: Path) -> None:
    orphan = Cluster(folder, durable=False)
    orphan.start()
    left_behind = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))
    orphan.release()

    with (
        Cluster(folder, durable=False) as cluster,
        Address.parse(cluster.admin_url()).connect() as connection,
    ):
        row = connection.execute("SELECT 1").fetchone()

    assert row == (1,)
    assert not left_behind.is_running() or left_behind.status() == psutil.STATUS_ZOMBIE
    orphan.halt()


def test_root_is_told_which_folder_the_servers_user_may_not_enter(folder: Path) -> None:
    account = pwd.getpwnam("nobody")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(CannotStart, match=f"who may not enter {closed}"):
        postgres_files.refuse_unreachable(closed / "var" / "postgres", account)
