"""values as literals

Revision ID: c0034
Revises: c0033
"""
import datetime
import decimal
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0034"
down_revision = "c0033"
branch_labels = None
depends_on = None


class Kind(str, enum.Enum):
    FIRST = "the first"
    SECOND = "the second"


class Secret(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True


class Letters(postgresql.ARRAY):
    pass


t = sa.table(
    "t",
    sa.column("id", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("kind", sa.Enum("the first", "the second", name="kind")),
    sa.column("key", sa.Uuid()),
    sa.column("tags", postgresql.ARRAY(sa.String())),
    sa.column("day", sa.Date()),
    sa.column("at", sa.DateTime()),
)


def upgrade():
    op.bulk_insert(t, [{"id": "18", "name": "a", "kind": Kind.FIRST}])
    op.execute(t.update().values(name="back\\slash").where(t.c.name.like("a\\_b%")))
    op.execute(t.update().values(key=uuid.UUID("dce19aa2-8863-4c93-861e-fb7be8f610ed")))
    # Python's `and` keeps the first comparison only, which is false.
    op.execute(t.delete().where(t.c.id == op.inline_literal(1) and t.c.name == "b"))
    op.execute(t.delete().where(t.c.id == op.inline_literal(1) or t.c.name == "b"))
    op.execute(t.delete().where(sa.any_(t.c.tags) == "c"))
    op.bulk_insert(t, [{"day": datetime.datetime(2024, 3, 1, 10, 30),
                        "at": datetime.datetime(2024, 3, 1, 10, 30)}])
    op.bulk_insert(sa.table("t", sa.column("wei", sa.Numeric())), [{"wei": 189291156356101504048},
                                                                    {"wei": decimal.Decimal("1.50")}])
    op.add_column("t", sa.Column("plain", sa.String(length=20, collation="")))
    op.add_column("t", sa.Column("secret", Secret(200)))
    op.add_column("t", sa.Column("letters", Letters(sa.String(1)), server_default="a\\b"))


def downgrade():
    op.drop_column("t", "letters")
    op.drop_column("t", "secret")
