"""constraints of CREATE TABLE

Revision ID: c0012
Revises: c0011
"""
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "c0012"
down_revision = "c0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("a", sa.Integer, sa.ForeignKey("u.id", name="fk_a", ondelete="CASCADE", onupdate="SET NULL"), nullable=True),
        sa.Column("b", sa.Integer, sa.ForeignKey("s.u.id", deferrable=True, initially="DEFERRED")),
        sa.Column("c", sa.Integer, sa.CheckConstraint("c > 0", name="positive"), unique=True),
        sa.Column("d", sa.Integer),
        sa.CheckConstraint("a < b"),
        sa.CheckConstraint(sa.text("b <> 0"), name="b_not_zero"),
        sa.ForeignKeyConstraint(["a", "d"], ["v.x", "v.y"], name="fk_two", match="FULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("a", "b", name="uq_ab", deferrable=True),
        sa.UniqueConstraint("b", "d", "d", name="uq_once"),
        sa.UniqueConstraint("d", postgresql_nulls_not_distinct=True),
        sa.ForeignKeyConstraint(["d"], ["w.id"], use_alter=True, name="later"),
        postgresql.ExcludeConstraint(("a", "="), ("d", "<>"), name="ex", using="gist", where=sa.text("a > 1")),
    )


def downgrade():
    op.drop_table("t")
