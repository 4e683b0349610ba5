"""altering columns

Revision ID: c0016
Revises: c0015
"""
import sqlalchemy as sa

from alembic import op

revision = "c0016"
down_revision = "c0015"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("t", "a", nullable=False)
    op.alter_column("t", "a", nullable=True, existing_type=sa.Integer())
    op.alter_column("t", "a", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)
    op.alter_column("t", "a", type_=sa.Integer(), postgresql_using="a::integer")
    op.alter_column("t", "a", server_default="x")
    op.alter_column("t", "a", server_default=None)
    op.alter_column("t", "a", server_default=sa.text("now()"))
    op.alter_column("t", "a", new_column_name="b")
    op.alter_column("t", "a", comment="it's new", existing_comment="old")
    op.alter_column("t", "a", comment=None)
    op.alter_column("t", "a", type_=sa.Text(), nullable=False, server_default="", new_column_name="b", comment="c", schema="s")
    op.alter_column("t", "a", type_=sa.Enum("x", "y", name="e", native_enum=False, create_constraint=True), existing_type=sa.Enum("x", name="d", native_enum=False, create_constraint=True))


def downgrade():
    pass
