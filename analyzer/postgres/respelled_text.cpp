// An expression's text as written, where some of its names have changed since: the text is read
// once more, and where the tree of today has another name that is put in its place.

#include <algorithm>
#include <vector>

#include "analyzer/postgres/print.h"
#include "analyzer/sql/parse.h"

namespace forelock::postgres {
namespace {

using model::Expression;
using model::ExpressionKind;

struct Edit {
  text::Span span;
  std::string text;
};

class Comparison {
 public:
  explicit Comparison(const std::string& sql) : sql_(sql) {}

  void compare(const Expression& written, const Expression& now) {
    if (written.kind != now.kind) return;
    compare_names(written, now);
    if (written.query && now.query) compare_queries(*written.query, *now.query);
    for (std::size_t i = 0; i < written.args.size() && i < now.args.size(); ++i) {
      compare(written.args[i], now.args[i]);
    }
  }

  std::string edited() {
    std::ranges::stable_sort(edits_, {}, [](const Edit& edit) { return edit.span.begin_byte; });
    std::string result;
    std::size_t at = 0;
    for (const Edit& edit : edits_) {
      // Columns of a sub-query are listed more than once.
      if (edit.span.begin_byte < at) continue;
      result.append(sql_, at, edit.span.begin_byte - at);
      result += edit.text;
      at = edit.span.end_byte;
    }
    return result.append(sql_, at);
  }

 private:
  const std::string& sql_;
  std::vector<Edit> edits_;

  void put(text::Span span, std::string text) {
    if (span.empty() || span.end_byte > sql_.size()) return;
    edits_.push_back({span, std::move(text)});
  }

  void compare_names(const Expression& written, const Expression& now) {
    const bool same = written.name == now.name && written.qualifier == now.qualifier;
    if (written.kind == ExpressionKind::kColumn && !same) {
      put(written.span, model::quoted({now.qualifier, now.name}));
    } else if (written.kind == ExpressionKind::kFunction && !same) {
      const std::size_t open = sql_.find('(', written.span.begin_byte);
      if (open == std::string::npos) return;
      put({written.span.begin_byte, static_cast<std::uint32_t>(open)},
          model::quoted({now.qualifier, now.name}));
    } else if (written.kind == ExpressionKind::kConstant && !same &&
               written.constant == model::ConstantKind::kString) {
      put(written.span, model::quote_literal(now.name));
    } else if (written.kind == ExpressionKind::kCast && written.type && now.type &&
               written.type->name != now.type->name) {
      put(written.type->span, model::quoted(now.type->name));
    }
  }

  void compare_queries(const model::Query& written, const model::Query& now) {
    for (std::size_t i = 0; i < written.relations.size() && i < now.relations.size(); ++i) {
      if (written.relations[i].name == now.relations[i].name) continue;
      put(written.relations[i].span, model::quoted(now.relations[i].name));
    }
    for (std::size_t i = 0; i < written.expressions.size() && i < now.expressions.size(); ++i) {
      compare_names(written.expressions[i], now.expressions[i]);
    }
    if (written.where && now.where) compare(*written.where, *now.where);
    for (std::size_t i = 0; i < written.columns.size() && i < now.columns.size(); ++i) {
      compare_names(written.columns[i], now.columns[i]);
    }
  }
};

}  // namespace

std::string respelled_text(const Expression& expression) {
  const auto written = sql::parse_expression(expression.sql);
  if (!written) return expression.sql;
  Comparison comparison(expression.sql);
  comparison.compare(*written, expression);
  return comparison.edited();
}

}  // namespace forelock::postgres
