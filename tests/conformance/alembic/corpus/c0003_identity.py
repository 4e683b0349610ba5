"""identity columns

Revision ID: c0003
Revises: c0002
"""
import sqlalchemy as sa

from alembic import op

revision = "c0003"
down_revision = "c0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True))
    op.create_table("u", sa.Column("id", sa.Integer, sa.Identity(always=True, start=10, increment=2, cycle=True), nullable=False))
    op.create_table("v", sa.Column("id", sa.Integer, sa.Identity(minvalue=1, maxvalue=9, cache=3, nominvalue=None), nullable=True))
    op.alter_column("t", "n", server_default=sa.Identity(always=True))
    op.alter_column("t", "n", server_default=sa.Identity(always=False, start=5), existing_server_default=sa.Identity(always=True))
    op.alter_column("t", "n", server_default=None, existing_server_default=sa.Identity())


def downgrade():
    pass
