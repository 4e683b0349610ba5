"""What str(), format() and + make of names and expressions

Revision ID: c0036
Revises: c0035
"""
import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from alembic import op

revision = "c0036"
down_revision = "c0035"
branch_labels = None
depends_on = None

notes = sa.table("notes", sa.column("id", sa.Integer), sa.column("at", sa.Text))


def upgrade():
    op.execute("CREATE INDEX " + op.f("ix_notes_at") + " ON notes (at)")
    op.execute("INSERT INTO notes (id, at) VALUES (1, '{0}')".format(sa.func.now()))
    op.execute(f"INSERT INTO notes (id, at) VALUES (2, {sa.func.lower(notes.c.at)})")
    op.execute("UPDATE %s SET at = 'x'" % quoted_name("notes", True))
    op.execute(f"UPDATE {notes} SET at = 'y'")
    op.execute("UPDATE notes SET at = %s, id = %s" % (op.inline_literal("it's"),
                                                      op.inline_literal(3)))
    op.execute("DROP TABLE " + ", ".join([op.f("a"), "b"]))


def downgrade():
    with op.batch_alter_table("notes") as batch_op:
        batch_op.execute("DROP INDEX " + batch_op.f("ix_notes_at"))
