"""constraints added and dropped

Revision ID: c0018
Revises: c0017
"""
import sqlalchemy as sa

from alembic import op

revision = "c0018"
down_revision = "c0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_primary_key("pk", "t", ["a", "b"], schema="s")
    op.create_unique_constraint("uq", "t", ["a"], deferrable=True, initially="DEFERRED")
    op.create_unique_constraint(None, "t", ["a", "b"], schema="s")
    op.create_unique_constraint("uq2", "t", ["a"], postgresql_nulls_not_distinct=True)
    op.create_foreign_key("fk", "t", "u", ["a"], ["id"], ondelete="CASCADE", onupdate="RESTRICT")
    op.create_foreign_key(None, "t", "u", ["a", "b"], ["x", "y"], source_schema="s1", referent_schema="s2")
    op.create_foreign_key("fk3", "t", "t", ["parent"], ["id"], deferrable=False, initially="IMMEDIATE", match="SIMPLE")
    op.create_foreign_key("fk4", "t", "u", ["a"], ["id"], postgresql_not_valid=True)
    op.create_check_constraint("ck", "t", "a > 0")
    op.create_check_constraint("ck2", "t", sa.text("a <> ''"), schema="s", postgresql_not_valid=True)
    op.create_check_constraint("ck3", "t", sa.column("a").in_(["x", "it's"]))
    op.create_check_constraint("ck4", "t", sa.func.length(sa.column("a")) > 5)
    op.create_exclude_constraint("ex", "t", ("period", "&&"), ("room", "="), where="room > 1", using="gist")
    op.create_check_constraint(constraint_name="ck5", table_name="t", condition="b")
    op.create_foreign_key(constraint_name="fk5", source_table="t", referent_table="u", local_cols=["a"], remote_cols=["id"])


def downgrade():
    op.drop_constraint("ck", "t")
    op.drop_constraint("fk", "t", type_="foreignkey")
    op.drop_constraint("pk", "t", type_="primary", schema="s")
    op.drop_constraint("uq", "t", type_="unique", if_exists=True)
    op.drop_constraint(constraint_name=op.f("ck2"), table_name="t", schema="s")
