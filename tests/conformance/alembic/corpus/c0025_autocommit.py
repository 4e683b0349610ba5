"""a block outside of the transaction

Revision ID: c0025
Revises: c0024
"""
import sqlalchemy as sa

from alembic import op

revision = "c0025"
down_revision = "c0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("a", sa.Integer))
    with op.get_context().autocommit_block():
        op.create_index("ix", "t", ["a"], postgresql_concurrently=True)
    op.execute("UPDATE t SET a = 1")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix", table_name="t", postgresql_concurrently=True)
    op.drop_column("t", "a")
