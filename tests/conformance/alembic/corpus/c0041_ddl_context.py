"""DDL with a context, and types that are asked for themselves

Revision ID: c0041
Revises: c0040
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0041"
down_revision = "c0040"
branch_labels = None
depends_on = None

mood = sa.Enum("calm", "wild", name="mood_of_day")
phase = postgresql.ENUM("new", "full", name="phase_of_moon")


def upgrade():
    bind = op.get_bind()
    mood.dialect_impl(bind.dialect).create(bind, checkfirst=False)
    phase.dialect_impl(bind.dialect).create(bind, checkfirst=False)
    op.execute(sa.DDL('ALTER TABLE "%(table)s" ADD COLUMN %(column)s int',
                      context={"table": "notes", "column": "size"}))
    op.execute(sa.DDL("COMMENT ON TABLE notes IS '100%%'"))


def downgrade():
    op.execute(sa.DDL("ALTER TABLE %(table)s DROP COLUMN size", context={"table": "notes"}))
    op.execute(sa.DDL("DROP TYPE %s" % "mood_of_day"))
