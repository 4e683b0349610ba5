"""Operations that the project registers itself; operations run asynchronously or on objects."""
import sqlalchemy as sa
from alembic import op
from alembic.operations import MigrateOperation, Operations

revision = "c0030"
down_revision = "c0029"


class ReplaceableObject:
    def __init__(self, name, sqltext):
        self.name = name
        self.sqltext = sqltext


class ReversibleOp(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def invoke_for_target(cls, operations, target):
        op = cls(target)
        return operations.invoke(op)


@Operations.register_operation("create_view", "invoke_for_target")
class CreateViewOp(ReversibleOp):
    def reverse(self):
        return DropViewOp(self.target)


@Operations.register_operation("drop_view", "invoke_for_target")
class DropViewOp(ReversibleOp):
    def reverse(self):
        return CreateViewOp(self.target)


@Operations.register_operation("grant_all")
class GrantOp(MigrateOperation):
    def __init__(self, table, role):
        self.table = table
        self.role = role

    @classmethod
    def grant_all(cls, operations, table, role="app"):
        return operations.invoke(cls(table, role))


@Operations.implementation_for(CreateViewOp)
def create_view(operations, operation):
    operations.execute("CREATE VIEW %s AS %s" % (operation.target.name, operation.target.sqltext))


@Operations.implementation_for(DropViewOp)
def drop_view(operations, operation):
    operations.execute("DROP VIEW %s" % operation.target.name)


@Operations.implementation_for(GrantOp)
def grant_all(operations, operation):
    operations.execute(f"GRANT ALL ON {operation.table} TO {operation.role}")


view = ReplaceableObject("active_users", "SELECT id FROM users WHERE active")


def upgrade():
    op.create_view(view)
    op.grant_all("users", "reader")
    op.grant_all("teams")


def downgrade():
    op.drop_view(view)
