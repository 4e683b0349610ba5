"""alembic_postgresql_enum: sync_enum_values, create_enum, drop_enum."""
import sqlalchemy as sa
from alembic import op
from alembic_postgresql_enum import TableReference

revision = "c0031"
down_revision = "c0030"


def upgrade():
    op.sync_enum_values(
        enum_schema="public",
        enum_name="status",
        new_values=["new", "open", "closed"],
        affected_columns=[
            TableReference(table_schema="public", table_name="tickets", column_name="status"),
            TableReference(table_schema="public", table_name="archive", column_name="status",
                           existing_server_default="'new'::status"),
        ],
        enum_values_to_rename=[("done", "closed")],
    )
    op.sync_enum_values(
        enum_schema="s",
        enum_name="kind",
        new_values=["a", "b"],
        affected_columns=[TableReference(table_schema="s", table_name="t", column_name="kind")],
        enum_values_to_rename=[],
    )
    sa.Enum("x", "y", name="c0031_letters").create(op.get_bind())


def downgrade():
    sa.Enum("x", "y", name="c0031_letters").drop(op.get_bind())
    op.sync_enum_values(
        enum_schema="public",
        enum_name="status",
        new_values=["new", "open"],
        affected_columns=[
            TableReference(table_schema="public", table_name="tickets", column_name="status"),
        ],
        enum_values_to_rename=[],
    )
