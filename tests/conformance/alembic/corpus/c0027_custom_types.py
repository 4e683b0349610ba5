"""types that decorate others

Revision ID: c0027
Revises: c0026
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0027"
down_revision = "c0026"
branch_labels = None
depends_on = None

class Guid(sa.types.TypeDecorator):
    impl = sa.CHAR

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))


class Money(sa.types.TypeDecorator):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class Path(sa.types.UserDefinedType):
    def get_col_spec(self, **kw):
        return "LTREE"


def upgrade():
    op.create_table("t", sa.Column("a", Guid()), sa.Column("b", Money()), sa.Column("c", Path()), sa.Column("d", sa.ARRAY(Guid())))


def downgrade():
    pass
