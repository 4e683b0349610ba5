"""every generic type

Revision ID: c0005
Revises: c0004
"""
import sqlalchemy as sa

from alembic import op

revision = "c0005"
down_revision = "c0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.BigInteger()), sa.Column("b", sa.Boolean()), sa.Column("c", sa.Date()),
        sa.Column("d", sa.DateTime()), sa.Column("e", sa.Double()), sa.Column("f", sa.Float()),
        sa.Column("g", sa.Float(24)), sa.Column("h", sa.Integer()), sa.Column("i", sa.Interval()),
        sa.Column("j", sa.LargeBinary()), sa.Column("k", sa.Numeric()), sa.Column("l", sa.Numeric(10)),
        sa.Column("m", sa.Numeric(precision=10, scale=2)), sa.Column("n", sa.PickleType()),
        sa.Column("o", sa.SmallInteger()), sa.Column("p", sa.String()), sa.Column("q", sa.String(50)),
        sa.Column("r", sa.String(50, collation="C")), sa.Column("s", sa.Text()),
        sa.Column("t", sa.Time()), sa.Column("u", sa.Time(timezone=True)), sa.Column("v", sa.Unicode(10)),
        sa.Column("w", sa.UnicodeText()), sa.Column("x", sa.Uuid()), sa.Column("y", sa.Uuid(native_uuid=False)),
        sa.Column("z", sa.JSON()), sa.Column("aa", sa.Interval(second_precision=3)),
        sa.Column("ab", sa.ARRAY(sa.Integer())), sa.Column("ac", sa.ARRAY(sa.String(5), dimensions=2)),
    )


def downgrade():
    op.drop_table("t")
