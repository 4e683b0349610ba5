#include <variant>

#include "analyzer/model/dump.h"
#include "analyzer/model/dump_writer.h"

namespace forelock::model {
namespace {

std::string show(const Expression& expression) { return dump(expression); }

std::string maybe(const std::optional<Expression>& expression) {
  return expression ? dump(*expression) : std::string();
}

std::string_view word(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::kNoAction:
      return "";
    case ForeignKeyAction::kRestrict:
      return "RESTRICT";
    case ForeignKeyAction::kCascade:
      return "CASCADE";
    case ForeignKeyAction::kSetNull:
      return "SET_NULL";
    case ForeignKeyAction::kSetDefault:
      return "SET_DEFAULT";
  }
  return "";
}

std::string_view word(IdentityKind kind) {
  switch (kind) {
    case IdentityKind::kNone:
      return "";
    case IdentityKind::kAlways:
      return "always";
    case IdentityKind::kByDefault:
      return "by_default";
  }
  return "";
}

std::string_view word(GeneratedKind kind) {
  switch (kind) {
    case GeneratedKind::kNone:
      return "";
    case GeneratedKind::kStored:
      return "stored";
    case GeneratedKind::kVirtual:
      return "virtual";
  }
  return "";
}

std::string column_action(std::string_view name, const std::string& column) {
  return DumpWriter(name).text("column", column).str();
}

// ---- one function per subcommand of ALTER TABLE -----------------------------------------------

std::string dump_action(const AddColumn& a) {
  return DumpWriter("AddColumn")
      .flag("if_not_exists", a.if_not_exists)
      .text("column", dump(a.column))
      .str();
}
std::string dump_action(const DropColumn& a) {
  return DumpWriter("DropColumn")
      .text("column", a.column)
      .flag("if_exists", a.if_exists)
      .flag("cascade", a.cascade)
      .str();
}
std::string dump_action(const AlterColumnType& a) {
  return DumpWriter("AlterColumnType")
      .text("column", a.column)
      .text("type", display(a.type))
      .text("collation", a.collation)
      .text("using", maybe(a.using_expression))
      .str();
}
std::string dump_action(const SetNotNull& a) { return column_action("SetNotNull", a.column); }
std::string dump_action(const DropNotNull& a) { return column_action("DropNotNull", a.column); }
std::string dump_action(const SetDefault& a) {
  return DumpWriter("SetDefault").text("column", a.column).text("value", dump(a.value)).str();
}
std::string dump_action(const DropDefault& a) { return column_action("DropDefault", a.column); }
std::string dump_action(const SetExpression& a) {
  return DumpWriter("SetExpression").text("column", a.column).text("value", dump(a.value)).str();
}
std::string dump_action(const DropExpression& a) {
  return DumpWriter("DropExpression").text("column", a.column).flag("if_exists", a.if_exists).str();
}
std::string dump_action(const AddIdentity& a) {
  return DumpWriter("AddIdentity")
      .text("column", a.column)
      .text("identity", word(a.identity))
      .text("options", dump(a.options))
      .str();
}
std::string dump_action(const SetIdentity& a) {
  return DumpWriter("SetIdentity")
      .text("column", a.column)
      .text("identity", a.identity ? word(*a.identity) : "")
      .text("options", dump(a.options))
      .str();
}
std::string dump_action(const DropIdentity& a) {
  return DumpWriter("DropIdentity").text("column", a.column).flag("if_exists", a.if_exists).str();
}
std::string dump_action(const SetStatistics& a) {
  return DumpWriter("SetStatistics").text("column", a.column).number("target", a.target, -1).str();
}
std::string dump_action(const SetColumnOptions& a) {
  return DumpWriter("SetColumnOptions")
      .text("column", a.column)
      .options("options", a.options)
      .flag("reset", a.reset)
      .str();
}
std::string dump_action(const SetStorage& a) {
  return DumpWriter("SetStorage").text("column", a.column).text("storage", a.storage).str();
}
std::string dump_action(const SetCompression& a) {
  return DumpWriter("SetCompression").text("column", a.column).text("method", a.method).str();
}
std::string dump_action(const AddConstraint& a) {
  return DumpWriter("AddConstraint").text("constraint", dump(a.constraint)).str();
}
std::string dump_action(const DropConstraint& a) {
  return DumpWriter("DropConstraint")
      .text("name", a.name)
      .flag("if_exists", a.if_exists)
      .flag("cascade", a.cascade)
      .str();
}
std::string dump_action(const ValidateConstraint& a) {
  return DumpWriter("ValidateConstraint").text("name", a.name).str();
}
std::string dump_action(const AlterConstraint& a) {
  return DumpWriter("AlterConstraint")
      .text("name", a.name)
      .maybe("deferrable", a.deferrable)
      .maybe("initially_deferred", a.initially_deferred)
      .maybe("enforced", a.enforced)
      .maybe("no_inherit", a.no_inherit)
      .str();
}
std::string dump_action(const AttachPartition& a) {
  return DumpWriter("AttachPartition")
      .name("partition", a.partition)
      .text("bound", a.bound ? dump(*a.bound) : "")
      .str();
}
std::string dump_action(const DetachPartition& a) {
  return DumpWriter("DetachPartition")
      .name("partition", a.partition)
      .flag("concurrently", a.concurrently)
      .flag("finalize", a.finalize)
      .str();
}
std::string dump_action(const Inherit& a) {
  return DumpWriter("Inherit").name("parent", a.parent).str();
}
std::string dump_action(const NoInherit& a) {
  return DumpWriter("NoInherit").name("parent", a.parent).str();
}
std::string dump_action(const OfType& a) { return DumpWriter("OfType").name("type", a.type).str(); }
std::string dump_action(const NotOfType&) { return DumpWriter("NotOfType").str(); }
std::string dump_action(const SetTriggerState& a) {
  return DumpWriter("SetTriggerState")
      .text("which", a.which)
      .letter("state", a.state)
      .flag("rule", a.rule)
      .str();
}
std::string dump_action(const SetReplicaIdentity& a) {
  return DumpWriter("SetReplicaIdentity")
      .letter("identity", a.identity)
      .text("index", a.index)
      .str();
}
std::string dump_action(const SetRowSecurity& a) {
  return DumpWriter("SetRowSecurity").maybe("enabled", a.enabled).maybe("forced", a.forced).str();
}
std::string dump_action(const SetLogged& a) {
  return DumpWriter("SetLogged").flag("logged", a.logged).str();
}
std::string dump_action(const SetTablespace& a) {
  return DumpWriter("SetTablespace").text("tablespace", a.tablespace).str();
}
std::string dump_action(const SetAccessMethod& a) {
  return DumpWriter("SetAccessMethod").text("method", a.method).str();
}
std::string dump_action(const SetTableOptions& a) {
  return DumpWriter("SetTableOptions").options("options", a.options).flag("reset", a.reset).str();
}
std::string dump_action(const ClusterOn& a) {
  return DumpWriter("ClusterOn").text("index", a.index).flag("without", a.without).str();
}
std::string dump_action(const ChangeOwner& a) {
  return DumpWriter("ChangeOwner").text("role", a.role).str();
}
std::string dump_action(const OtherAction& a) {
  return DumpWriter("OtherAction").text("tag", a.tag).str();
}

}  // namespace

std::string dump(const IndexKey& key) {
  std::string result = key.expression ? dump(*key.expression) : key.column;
  if (!key.collation.empty()) result += " COLLATE " + key.collation;
  if (!key.operator_class.empty()) result += " " + key.operator_class;
  if (key.descending) result += " DESC";
  if (key.nulls_first) result += *key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return result;
}

std::string dump(const SequenceOptions& options) {
  DumpWriter out("sequence");
  if (options.type) out.text("type", display(*options.type));
  out.maybe("increment", options.increment).maybe("minimum", options.minimum);
  out.maybe("maximum", options.maximum).maybe("start", options.start).maybe("cache", options.cache);
  out.maybe("restart", options.restart).maybe("cycle", options.cycle);
  out.flag("no_minimum", options.no_minimum).flag("no_maximum", options.no_maximum);
  out.flag("restart_default", options.restart_default);
  if (options.owned_by) {
    out.text("owned_by", fmt::format("[{}]", fmt::join(*options.owned_by, ".")));
  }
  const std::string text = out.str();
  return text == "sequence()" ? "" : text;
}

std::string dump(const PartitionBound& bound) {
  DumpWriter out("bound");
  out.flag("default", bound.is_default).letter("strategy", bound.strategy);
  out.list("values", bound.values, show).list("from", bound.from, show).list("to", bound.to, show);
  out.number("modulus", bound.modulus).number("remainder", bound.remainder);
  return out.str();
}

std::string dump(const Constraint& c) {
  DumpWriter out(display(c.kind));
  out.text("name", c.name).list("columns", c.columns).list("include", c.include);
  out.text("expression", maybe(c.expression)).text("using", c.access_method);
  out.list("keys", c.exclusion_keys, [](const IndexKey& key) { return dump(key); });
  out.list("operators", c.exclusion_operators).text("where", maybe(c.predicate));
  out.name("references", c.referenced_table).list("referenced", c.referenced_columns);
  out.text("on_delete", word(c.on_delete)).list("on_delete_columns", c.on_delete_columns);
  out.text("on_update", word(c.on_update)).letter("match", c.match == 's' ? '\0' : c.match);
  out.text("using_index", c.using_index).flag("not_valid", c.not_valid);
  out.flag("no_inherit", c.no_inherit).flag("deferrable", c.deferrable);
  out.flag("initially_deferred", c.initially_deferred).flag("not_enforced", c.not_enforced);
  out.flag("nulls_not_distinct", c.nulls_not_distinct);
  out.flag("without_overlaps", c.without_overlaps).options("options", c.options);
  out.text("tablespace", c.tablespace);
  return out.str();
}

std::string dump(const ColumnDefinition& c) {
  DumpWriter out(c.name);
  out.text("type", c.type.name.empty() ? "" : display(c.type)).text("collation", c.collation);
  out.text("storage", c.storage).text("compression", c.compression);
  out.flag("not_null", c.not_null).flag("null", c.null_written);
  out.text("default", maybe(c.default_value)).text("identity", word(c.identity));
  out.text("options", dump(c.identity_options)).text("generated", word(c.generated));
  out.text("as", maybe(c.generation_expression));
  out.list("constraints", c.constraints, [](const Constraint& item) { return dump(item); });
  return out.str();
}

std::string dump(const AlterAction& action) {
  return std::visit([](const auto& what) { return dump_action(what); }, action.what);
}

}  // namespace forelock::model
