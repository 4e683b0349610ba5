"""types in capitals

Revision ID: c0006
Revises: c0005
"""
import sqlalchemy as sa

from alembic import op

revision = "c0006"
down_revision = "c0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.BIGINT), sa.Column("b", sa.BOOLEAN), sa.Column("c", sa.CHAR(3)),
        sa.Column("d", sa.DATE), sa.Column("e", sa.DECIMAL(8, 3)), sa.Column("f", sa.FLOAT(precision=10)),
        sa.Column("g", sa.INTEGER), sa.Column("h", sa.NUMERIC(5, 1)), sa.Column("i", sa.REAL),
        sa.Column("j", sa.SMALLINT), sa.Column("k", sa.TEXT), sa.Column("l", sa.TIME(timezone=True)),
        sa.Column("m", sa.TIMESTAMP), sa.Column("n", sa.TIMESTAMP(timezone=True)), sa.Column("o", sa.UUID),
        sa.Column("p", sa.VARCHAR(20)), sa.Column("q", sa.VARCHAR), sa.Column("r", sa.DOUBLE_PRECISION),
        sa.Column("s", sa.JSON), sa.Column("u", sa.INT), sa.Column("v", sa.DOUBLE_PRECISION(53)),
    )


def downgrade():
    pass
