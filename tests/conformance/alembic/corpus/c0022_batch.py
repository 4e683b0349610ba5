"""batch operations

Revision ID: c0022
Revises: c0021
"""
import sqlalchemy as sa

from alembic import op

revision = "c0022"
down_revision = "c0021"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("t", schema="s") as batch_op:
        batch_op.add_column(sa.Column("a", sa.Integer(), nullable=True))
        batch_op.alter_column("b", existing_type=sa.Integer(), type_=sa.BigInteger())
        batch_op.drop_column("c")
        batch_op.create_index(batch_op.f("ix"), ["a"], unique=False)
        batch_op.create_unique_constraint("uq", ["a", "b"])
        batch_op.create_foreign_key("fk", "u", ["a"], ["id"], ondelete="CASCADE")
        batch_op.create_check_constraint("ck", "a > 0")
        batch_op.create_table_comment("hello")


def downgrade():
    with op.batch_alter_table("t", schema="s") as batch_op:
        batch_op.drop_table_comment()
        batch_op.drop_constraint("fk", type_="foreignkey")
        batch_op.drop_index("ix")
    with op.batch_alter_table("t") as batch:
        batch.create_primary_key("pk", ["id"])
        batch.alter_column("x", new_column_name="y", nullable=False)
