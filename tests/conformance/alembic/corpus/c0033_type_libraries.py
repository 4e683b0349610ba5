"""Types of geoalchemy2, pgvector and sqlalchemy_utils."""
import geoalchemy2
import pgvector.sqlalchemy
import sqlalchemy as sa
import sqlalchemy_utils
from alembic import op
from geoalchemy2 import Geography, Geometry

revision = "c0033"
down_revision = "c0032"


def upgrade():
    op.create_table(
        "places",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("spot", Geometry("POINT", srid=4326)),
        sa.Column("area", Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False)),
        sa.Column("globe", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("any", geoalchemy2.types.Geometry(spatial_index=False)),
        sa.Column("embedding", pgvector.sqlalchemy.Vector(3)),
        sa.Column("half", pgvector.sqlalchemy.HALFVEC(3)),
        sa.Column("key", sqlalchemy_utils.UUIDType()),
        sa.Column("site", sqlalchemy_utils.URLType()),
        sa.Column("mail", sqlalchemy_utils.EmailType()),
        sa.Column("data", sqlalchemy_utils.JSONType()),
    )
    op.add_column("places", sa.Column("wide", pgvector.sqlalchemy.Vector()))


def downgrade():
    op.drop_table("places")
