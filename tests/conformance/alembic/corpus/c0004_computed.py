"""generated columns

Revision ID: c0004
Revises: c0003
"""
import sqlalchemy as sa

from alembic import op

revision = "c0004"
down_revision = "c0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, sa.Computed("a * 2")))
    op.add_column("t", sa.Column("c", sa.Text, sa.Computed("lower(x || 'y')", persisted=True)))


def downgrade():
    op.drop_column("t", "c")
