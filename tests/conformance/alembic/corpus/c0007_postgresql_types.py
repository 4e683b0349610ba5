"""types of PostgreSQL

Revision ID: c0007
Revises: c0006
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0007"
down_revision = "c0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", postgresql.ARRAY(sa.Text())), sa.Column("b", postgresql.BIT(4)),
        sa.Column("c", postgresql.BIT(varying=True)), sa.Column("d", postgresql.BYTEA()),
        sa.Column("e", postgresql.CIDR()), sa.Column("f", postgresql.CITEXT()),
        sa.Column("g", postgresql.DATERANGE()), sa.Column("h", postgresql.DOUBLE_PRECISION()),
        sa.Column("i", postgresql.HSTORE()), sa.Column("j", postgresql.INET()),
        sa.Column("k", postgresql.INT4RANGE()), sa.Column("l", postgresql.INTERVAL(fields="DAY TO SECOND", precision=3)),
        sa.Column("m", postgresql.JSON(astext_type=sa.Text())), sa.Column("n", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("o", postgresql.MACADDR()), sa.Column("p", postgresql.MACADDR8()),
        sa.Column("q", postgresql.MONEY()), sa.Column("r", postgresql.NUMRANGE()),
        sa.Column("s", postgresql.OID()), sa.Column("u", postgresql.REGCLASS()),
        sa.Column("v", postgresql.TIMESTAMP(timezone=True, precision=3)), sa.Column("w", postgresql.TIME(precision=2)),
        sa.Column("x", postgresql.TSVECTOR()), sa.Column("y", postgresql.TSTZRANGE()),
        sa.Column("z", postgresql.UUID(as_uuid=True)), sa.Column("aa", postgresql.INT8MULTIRANGE()),
        sa.Column("ab", postgresql.TSQUERY()), sa.Column("ac", postgresql.ARRAY(postgresql.UUID(), dimensions=3)),
        sa.Column("ad", postgresql.JSONPATH()), sa.Column("ae", postgresql.REGCONFIG()),
        sa.Column("af", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("ag", sa.String().with_variant(sa.Text(), "mysql")),
    )


def downgrade():
    pass
