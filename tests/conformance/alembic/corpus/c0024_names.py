"""reserved, mixed and long names

Revision ID: c0024
Revises: c0023
"""
import sqlalchemy as sa

from alembic import op

revision = "c0024"
down_revision = "c0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("User", sa.Column("select", sa.Integer), sa.Column("with space", sa.Text), sa.Column("1st", sa.Text), sa.Column("dollar$", sa.Text))
    op.create_table(sa.sql.quoted_name("Quiet", False), sa.Column(sa.sql.quoted_name("loud", True), sa.Integer))
    op.create_index(op.f("ix_" + "x" * 80), "t", ["a"])
    op.create_table("t", sa.Column('quo"te', sa.Text), schema="Sch ema")
    op.execute('DROP TABLE "Straße"')


def downgrade():
    op.drop_table("User")
