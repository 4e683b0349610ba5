"""Indexes whose name or operator class comes from their columns or text."""
import sqlalchemy as sa
from alembic import op

revision = "c0028"
down_revision = "c0027"


def upgrade():
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer),
        sa.Column("title", sa.String),
        sa.Index(None, "event_id", "title", unique=True),
        schema="events",
    )
    op.create_index(None, "roles", ["title"], schema="events")
    op.create_index(
        "ix_lower",
        "roles",
        [sa.text("lower(title)")],
        schema="events",
        postgresql_using="gin",
        postgresql_ops={"lower(title)": "gin_trgm_ops"},
    )


def downgrade():
    op.drop_index("ix_lower", table_name="roles", schema="events")
    op.drop_table("roles", schema="events")
