"""enums of a table

Revision ID: c0008
Revises: c0007
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0008"
down_revision = "c0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Enum("x", "it's", name="letters")),
        sa.Column("b", sa.Enum("x", "it's", name="letters")),
        sa.Column("c", postgresql.ENUM("p", "q", name="other", create_type=False)),
        sa.Column("d", postgresql.ENUM("p", "q", name="mine", schema="s")),
        sa.Column("e", sa.Enum("u", "vv", name="plain", native_enum=False)),
        sa.Column("f", sa.Enum("u", "vv", name="checked", native_enum=False, create_constraint=True)),
        sa.Column("g", sa.Enum("u", "vv", name="long_one", native_enum=False, length=30)),
        sa.Column("h", sa.ARRAY(sa.Enum("m", "n", name="of_array"))),
    )
    op.add_column("t", sa.Column("i", sa.Enum("k", name="not_made")))


def downgrade():
    op.drop_table("t")
    sa.Enum(name="letters").drop(op.get_bind(), checkfirst=False)
