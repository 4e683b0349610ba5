"""adding columns

Revision ID: c0015
Revises: c0014
"""
import sqlalchemy as sa

from alembic import op

revision = "c0015"
down_revision = "c0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("t", sa.Column("a", sa.Integer(), nullable=True), schema="s")
    op.add_column("t", sa.Column("b", sa.Integer(), nullable=False), if_not_exists=True)
    op.add_column("t", sa.Column("c", sa.Integer(), sa.ForeignKey("u.id", ondelete="CASCADE")), inline_references=True)
    op.add_column("t", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("t", sa.Column("d", sa.Integer(), sa.CheckConstraint("d > 0", name="d_positive")))
    op.add_column(table_name="t", column=sa.Column("e", sa.Text))
    op.add_column("Mixed Case", sa.Column("order", sa.Text))


def downgrade():
    op.drop_column("t", "a", schema="s")
    op.drop_column("t", "b", if_exists=True)
    op.drop_column(table_name="t", column_name="e")
