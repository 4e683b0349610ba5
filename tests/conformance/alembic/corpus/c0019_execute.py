"""op.execute of texts

Revision ID: c0019
Revises: c0018
"""
import sqlalchemy as sa

from alembic import op

revision = "c0019"
down_revision = "c0018"
branch_labels = None
depends_on = None

TABLE = "accounts"
SQL = """
    UPDATE accounts
    SET name = 'it''s'
"""


def upgrade():
    op.execute("UPDATE accounts SET a = 1 WHERE b = 'x:y'")
    op.execute(SQL)
    op.execute(f"DELETE FROM {TABLE} WHERE id > {3 + 4}")
    op.execute("UPDATE %s SET a = %d" % (TABLE, 5))
    op.execute("UPDATE {t} SET {c} = {c} + 1".format(t=TABLE, c="n"))
    op.execute("UPDATE accounts "
               "SET a = 2, b = 'tab\there'")
    op.execute(sa.text("UPDATE accounts SET data = data::jsonb || '{}'"))
    op.execute(sa.text("UPDATE accounts SET a = :a, b = :b").bindparams(a=1, b="it's"))
    op.execute("UPDATE accounts SET a = 'x\\:y'")
    op.execute("CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql")
    op.execute(sa.schema.CreateSequence(sa.Sequence("my_seq", start=5, increment=2)))
    op.execute(sa.DDL("COMMENT ON TABLE accounts IS '100%%'"))
    op.execute(sa.schema.CreateSchema("extra"))


def downgrade():
    op.execute(sa.schema.DropSchema("extra", cascade=True))
    op.execute(sa.schema.DropSequence(sa.Sequence("my_seq")))
