"""index and unique flags of columns

Revision ID: c0014
Revises: c0013
"""
import sqlalchemy as sa

from alembic import op

revision = "c0014"
down_revision = "c0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer, index=True))
    op.create_table("u", sa.Column("a", sa.Integer, index=True, unique=True), schema="s")
    op.create_table("v", sa.Column("a", sa.Integer, unique=True), sa.Index("ix_v", "a"))
    op.add_column("t", sa.Column("b", sa.Integer, index=True))
    op.add_column("t", sa.Column("c", sa.Integer, unique=True))
    op.add_column("t", sa.Column("d", sa.Integer, sa.ForeignKey("u.id", ondelete="SET NULL"), nullable=True, comment="points to u"))
    op.create_table("a_table_whose_name_is_rather_long_for_a_name", sa.Column("a_column_whose_name_is_long_too", sa.Integer, index=True))


def downgrade():
    pass
