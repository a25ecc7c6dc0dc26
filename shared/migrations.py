"""Schema changes: Alembic per service, run as the owner role, one at a time, each in one transaction."""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, text

from shared.db import psycopg_url

ROOT = Path(__file__).resolve().parent.parent
ONE_AT_A_TIME = 4_711_001


def config(service: str, owner_url: str) -> Config:
    """Return the Alembic configuration of one service."""
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    settings.attributes["owner_url"] = owner_url
    return settings


def upgrade(service: str, owner_url: str, revision: str = "head") -> None:
    """Bring the database of one service to `revision`.

    Two at once: the second waits and finds nothing to do.
    """
    command.upgrade(config(service, owner_url), revision)


def downgrade(service: str, owner_url: str, revision: str) -> None:
    """Take the database of one service back to `revision`. For tests of the migrations themselves."""
    command.downgrade(config(service, owner_url), revision)


def run(settings: Config, metadata: MetaData) -> None:
    """Run migrations from a service's `migrations/env.py`."""
    from alembic import context

    engine = create_engine(psycopg_url(settings.attributes["owner_url"]))
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))
            connection.commit()
            context.configure(connection=connection, target_metadata=metadata, compare_type=True)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


def app_role(connection: Connection) -> str:
    """Return the role the service runs as: named after the owner that runs the migration."""
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    return str(owner).removesuffix("_owner") + "_app"


def grant(table: str, rights: str) -> None:
    """Give the service's role these rights on a table, and no others."""
    op.execute(f"GRANT {rights} ON {table} TO {app_role(op.get_bind())}")


def clinic_wall(table: str) -> None:
    """Let a transaction touch only the rows of the clinics it named.

    The queries filter too; this is the second wall.
    """
    seen = (
        "clinic_id = ANY (string_to_array((SELECT current_setting('app.clinics', true)), ','))"
        " OR (SELECT current_setting('app.clinics', true)) = '*'"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY clinic_wall ON {table} USING ({seen}) WITH CHECK ({seen})")


def create_append_only_guard() -> None:
    """Create the function behind `append_only`."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: correct it by a reversal', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )


def append_only(table: str) -> None:
    """Make a ledger: rows are added and read, never changed, deleted or truncated, not even by the owner."""
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    grant(table, "SELECT, INSERT")
