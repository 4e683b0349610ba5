"""types and elements that @compiles gives their SQL

Revision ID: c0039
Revises: c0038
"""
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import expression

from alembic import op

revision = "c0039"
down_revision = "c0038"
branch_labels = None
depends_on = None


class utcnow(expression.FunctionElement):
    type = sa.DateTime()
    inherit_cache = True


@compiles(utcnow, "postgresql")
def utcnow_of_postgresql(element, compiler, **kw):
    return "TIMEZONE('utc', CURRENT_TIMESTAMP)"


@compiles(utcnow, "mysql")
def utcnow_of_mysql(element, compiler, **kw):
    return "UTC_TIMESTAMP()"


class CaseSensitive(sa.String):
    def __init__(self, length=None):
        super().__init__(length)


class Name(CaseSensitive):
    pass


@compiles(CaseSensitive, "mysql", "mariadb")
def case_sensitive_of_mysql(element, compiler, **kw):
    return f"VARCHAR({element.length}) COLLATE utf8mb4_bin"


@compiles(CaseSensitive, "postgresql")
def case_sensitive_of_postgresql(element, compiler, **kw):
    return f'VARCHAR({element.length}) COLLATE "C"'


class Small(sa.Integer):
    pass


@compiles(Small, "sqlite")
def small_of_sqlite(element, compiler, **kw):
    return "INTEGER"


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", Small(), primary_key=True),
        sa.Column("name", Name(34), nullable=False),
        sa.Column("code", CaseSensitive(length=8)),
        sa.Column("at", sa.DateTime(), server_default=utcnow()),
    )
    op.alter_column("t", "code", type_=CaseSensitive(length=16), existing_type=sa.String(8))
    op.alter_column("t", "at", server_default=utcnow())


def downgrade():
    op.drop_table("t")
