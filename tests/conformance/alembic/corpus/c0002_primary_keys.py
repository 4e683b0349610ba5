"""serial, bigserial, smallserial and keys that are none

Revision ID: c0002
Revises: c0001
"""
import sqlalchemy as sa

from alembic import op

revision = "c0002"
down_revision = "c0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("b", sa.Column("id", sa.BigInteger, primary_key=True))
    op.create_table("c", sa.Column("id", sa.SmallInteger, primary_key=True))
    op.create_table("d", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    op.create_table("e", sa.Column("id", sa.String(36), primary_key=True))
    op.create_table(
        "f",
        sa.Column("a_id", sa.Integer, sa.ForeignKey("a.id"), primary_key=True),
        sa.Column("b_id", sa.BigInteger, sa.ForeignKey("b.id"), primary_key=True),
    )
    op.create_table("g", sa.Column("id", sa.Integer, sa.ForeignKey("a.id"), primary_key=True))
    op.create_table("h", sa.Column("id", sa.Integer, primary_key=True, server_default=sa.text("7")))
    op.create_table("i", sa.Column("id", sa.Integer, primary_key=True, nullable=True))
    op.create_table(
        "j",
        sa.Column("x", sa.Integer, primary_key=True),
        sa.Column("y", sa.Integer, primary_key=True, autoincrement=True),
    )
    op.create_table("k", sa.Column("id", sa.Numeric(10, 0), primary_key=True))
    op.create_table("l", sa.Column("id", sa.Integer, primary_key=True, default=5))
    op.create_table("m", sa.Column("id", sa.Integer, sa.ForeignKey("a.id"), primary_key=True, autoincrement="ignore_fk"))


def downgrade():
    for name in "mlkjihgfedcba":
        op.drop_table(name)
