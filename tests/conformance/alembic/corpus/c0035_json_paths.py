"""JSON values by key and by path, and what they are read as

Revision ID: c0035
Revises: c0034
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0035"
down_revision = "c0034"
branch_labels = None
depends_on = None

plain = sa.table("plain", sa.column("id", sa.Integer), sa.column("a", sa.JSON), sa.column("z", sa.Text))
binary = sa.table(
    "binary_json", sa.column("id", sa.Integer), sa.column("a", postgresql.JSONB), sa.column("z", sa.Text)
)


def upgrade():
    for t in (plain, binary):
        op.execute(t.update().values(z=t.c.a["k"].as_string()))
        op.execute(t.update().values(z=t.c.a[["k", "l"]].as_string()).where(t.c.a[["k", 1]].as_integer() > 3))
        op.execute(t.delete().where(t.c.a["k"].as_boolean()))
        op.execute(t.delete().where(t.c.a["k"].as_float() + 1 > 2))
        op.execute(t.delete().where(t.c.a["k"].as_json().is_(None)))
        op.execute(t.update().values(z=sa.func.lower(t.c.a["k"]["l"].as_string())))
        op.execute(t.delete().where(t.c.a["k"].as_numeric(10, 2) == 3))
    op.execute(binary.update().values(z=binary.c.a["k"].astext).where(binary.c.a[("k", "l")].astext == "x"))
    op.execute(binary.update().values(z=binary.c.a["k"].astext.cast(sa.Text)))
    op.execute(binary.delete().where(sa.func.lower(binary.c.a["k"].as_string()) == "x"))
    op.execute(binary.delete().where(binary.c.a.has_key("k")))
    op.execute(binary.delete().where(binary.c.a.has_any(postgresql.array(["a", "b"]))))
    op.execute(binary.update().values(a=binary.c.a - "k"))


def downgrade():
    pass
