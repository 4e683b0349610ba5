#include "analyzer/cxx/evaluate.h"

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/cxx/literals.h"

namespace forelock::cxx {
namespace {

/// Constants that lead to constants; deeper ones are taken as not known.
constexpr int kMaxDepth = 64;

SqlText not_known(const char* why = kNotConstant) { return {.known = {}, .unknown = why}; }

/// `left` with `right` behind it.
SqlText joined(SqlText left, const SqlText& right) {
  left.known.append(right.known);
  if (left.unknown.empty() && right.unknown.empty()) return left;
  left.unknown = left.known.text.empty() ? kNotConstant : kPartNotConstant;
  return left;
}

/// Whether a class holds text and is made from text: std::string, std::string_view, pqxx::zview.
bool is_text_class(const clang::CXXRecordDecl* record) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"std::basic_string", "std::basic_string_view", "pqxx::zview", "pqxx::params_view",
       "fmt::basic_string_view", "fmt::basic_format_string", "std::basic_format_string",
       "fmt::fstring"});
  return record != nullptr && std::ranges::find(kNames, qualified_name(*record)) != kNames.end();
}

const clang::CXXRecordDecl* class_of(const clang::Expr& expression) {
  const clang::QualType type = expression.getType();
  return type.isNull() ? nullptr : type.getNonReferenceType()->getAsCXXRecordDecl();
}

bool is_formatter(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"fmt::format", "std::format", "fmt::sprintf", "absl::StrCat",
                                       "absl::StrFormat", "absl::Substitute"});
  return std::ranges::find(kNames, name) != kNames.end();
}

/// One piece of a format string: a run of text, or a replacement field.
struct FormatPiece {
  text::Span span;
  bool field = false;
};

std::vector<FormatPiece> format_pieces(std::string_view format) {
  std::vector<FormatPiece> pieces;
  std::uint32_t begin = 0;
  const auto flush = [&](std::uint32_t end) {
    if (end > begin) pieces.push_back({.span = {begin, end}});
  };
  for (std::uint32_t at = 0; at < format.size(); ++at) {
    const std::string_view two = format.substr(at, 2);
    if (two == "{{" || two == "}}") {
      flush(at + 1);
      begin = ++at + 1;
    } else if (format[at] == '{') {
      flush(at);
      std::size_t depth = 0;
      std::uint32_t end = at;
      for (; end < format.size(); ++end) {
        if (format[end] == '{') ++depth;
        if (format[end] == '}' && --depth == 0) break;
      }
      pieces.push_back({.span = {at, end}, .field = true});
      at = end;
      begin = end + 1;
    }
  }
  flush(static_cast<std::uint32_t>(format.size()));
  return pieces;
}

}  // namespace

std::string qualified_name(const clang::NamedDecl& declaration) {
  std::string name = declaration.getDeclName().isIdentifier() ? declaration.getName().str()
                                                              : declaration.getNameAsString();
  for (const clang::DeclContext* scope = declaration.getDeclContext(); scope != nullptr;
       scope = scope->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope)) {
      if (space->isInline() || space->isAnonymousNamespace()) continue;
      name = space->getName().str() + "::" + name;
    } else if (const auto* record = llvm::dyn_cast<clang::RecordDecl>(scope)) {
      name = record->getName().str() + "::" + name;
    }
  }
  return name;
}

std::optional<std::uint32_t> TextEvaluator::byte_of(clang::SourceLocation location) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  if (location.isInvalid()) return std::nullopt;
  const auto [file, offset] = sources.getDecomposedLoc(sources.getFileLoc(location));
  if (file != sources.getMainFileID()) return std::nullopt;
  return offset;
}

std::optional<text::Span> TextEvaluator::span_of(clang::SourceRange range) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::CharSourceRange expanded = sources.getExpansionRange(range);
  const auto begin = byte_of(expanded.getBegin());
  clang::SourceLocation last = expanded.getEnd();
  if (expanded.isTokenRange()) {
    last = clang::Lexer::getLocForEndOfToken(last, 0, sources, context_.getLangOpts());
  }
  const auto end = byte_of(last);
  if (!begin || !end || *end < *begin) return std::nullopt;
  return text::Span{*begin, *end};
}

SqlText TextEvaluator::evaluate(const clang::Expr& expression) const {
  return value(expression, 0);
}

SqlText TextEvaluator::value(const clang::Expr& expression, int depth) const {
  if (depth > kMaxDepth) return not_known();
  const clang::Expr* inner = expression.IgnoreUnlessSpelledInSource()->IgnoreParenImpCasts();
  const auto go = [&](const clang::Expr* next) { return value(*next, depth + 1); };
  if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(inner)) return literal(*text);
  if (const auto* suffixed = llvm::dyn_cast<clang::UserDefinedLiteral>(inner)) {
    const auto kind = suffixed->getLiteralOperatorKind();
    if (kind == clang::UserDefinedLiteral::LOK_String && is_text_class(class_of(*suffixed))) {
      return go(suffixed->getArg(0));
    }
    return not_known();
  }
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(inner)) {
    const auto* declared = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    return declared == nullptr ? not_known() : variable(*inner, *declared, depth);
  }
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(inner)) {
    const auto* declared = llvm::dyn_cast<clang::VarDecl>(member->getMemberDecl());
    return declared == nullptr ? not_known() : variable(*inner, *declared, depth);
  }
  if (const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(inner)) {
    const bool one =
        construct->getNumArgs() == 1 ||
        (construct->getNumArgs() == 2 && llvm::isa<clang::CXXDefaultArgExpr>(construct->getArg(1)));
    if (one && is_text_class(construct->getConstructor()->getParent())) {
      return go(construct->getArg(0));
    }
    return not_known();
  }
  if (const auto* cast = llvm::dyn_cast<clang::ExplicitCastExpr>(inner)) {
    return go(cast->getSubExpr());
  }
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(inner)) {
    return list->getNumInits() == 1 ? go(list->getInit(0)) : not_known();
  }
  if (const auto* called = llvm::dyn_cast<clang::CallExpr>(inner)) return call(*called, depth);
  if (const auto* choice = llvm::dyn_cast<clang::AbstractConditionalOperator>(inner)) {
    (void)choice;
    return not_known("the SQL depends on a condition");
  }
  return not_known();
}

SqlText TextEvaluator::literal(const clang::StringLiteral& literal) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  SqlText result;
  bool exact = literal.isOrdinary() || literal.isUTF8();
  for (unsigned i = 0; exact && i < literal.getNumConcatenated(); ++i) {
    const clang::SourceLocation location = sources.getFileLoc(literal.getStrTokenLoc(i));
    const auto begin = byte_of(location);
    const unsigned size =
        clang::Lexer::MeasureTokenLength(location, sources, context_.getLangOpts());
    const llvm::StringRef buffer = sources.getBufferData(sources.getMainFileID());
    if (!begin || *begin + size > buffer.size()) {
      exact = false;
      break;
    }
    const llvm::StringRef token = buffer.substr(*begin, size);
    const auto decoded = decode_literal({token.data(), token.size()}, *begin);
    exact = decoded.has_value();
    if (exact) result.known.append(*decoded);
  }
  const std::string_view bytes =
      literal.getCharByteWidth() == 1
          ? std::string_view(literal.getString().data(), literal.getString().size())
          : std::string_view();
  if (exact && result.known.text == bytes) return result;
  // From a header or a macro: known, but not at a place of this file.
  if (literal.getCharByteWidth() != 1) return not_known();
  SqlText derived;
  derived.known.append_derived(bytes, span_of(literal.getSourceRange()).value_or(text::Span{}));
  return derived;
}

SqlText TextEvaluator::variable(const clang::Expr& use, const clang::VarDecl& variable,
                                int depth) const {
  const clang::VarDecl* definition = nullptr;
  const clang::Expr* initializer = variable.getAnyInitializer(definition);
  if (initializer == nullptr || llvm::isa<clang::ParmVarDecl>(variable)) return not_known();
  for (const clang::VarDecl* redeclared : variable.redecls()) {
    if (changed_.contains(redeclared)) return not_known("the SQL's variable is changed");
  }
  SqlText result = value(*initializer, depth + 1);
  // A constant of another file has no place in this one but that of its use.
  if (!byte_of(initializer->getBeginLoc())) {
    text::MappedText derived;
    derived.append_derived(result.known.text, span_of(use.getSourceRange()).value_or(text::Span{}));
    result.known = std::move(derived);
  }
  return result;
}

SqlText TextEvaluator::call(const clang::CallExpr& call, int depth) const {
  if (const auto* method = llvm::dyn_cast<clang::CXXMemberCallExpr>(&call)) {
    const clang::CXXMethodDecl* declared = method->getMethodDecl();
    if (declared == nullptr || !is_text_class(declared->getParent())) return not_known();
    const bool same = llvm::isa<clang::CXXConversionDecl>(declared) ||
                      (declared->getDeclName().isIdentifier() &&
                       (declared->getName() == "c_str" || declared->getName() == "data"));
    return same ? value(*method->getImplicitObjectArgument(), depth + 1) : not_known();
  }
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&call)) {
    const bool plus = operation->getOperator() == clang::OO_Plus && operation->getNumArgs() == 2;
    if (!plus || !is_text_class(class_of(call))) return not_known();
    return joined(value(*operation->getArg(0), depth + 1), value(*operation->getArg(1), depth + 1));
  }
  const clang::FunctionDecl* declared = call.getDirectCallee();
  if (declared != nullptr && is_formatter(qualified_name(*declared))) return format(call, depth);
  if (declared != nullptr && declared->getDeclName().isIdentifier() && call.getNumArgs() == 1 &&
      (qualified_name(*declared) == "std::move" || qualified_name(*declared) == "std::forward")) {
    return value(*call.getArg(0), depth + 1);
  }
  return not_known();
}

SqlText TextEvaluator::format(const clang::CallExpr& call, int depth) const {
  if (call.getNumArgs() == 0) return not_known();
  const SqlText pattern = value(*call.getArg(0), depth + 1);
  if (!pattern.unknown.empty()) return not_known();
  SqlText result;
  unsigned next = 1;
  for (const FormatPiece& piece : format_pieces(pattern.known.text)) {
    if (!piece.field) {
      result.known.append(pattern.known.slice(piece.span));
    } else if (piece.span.size() == 1 && next < call.getNumArgs()) {  // `{}`
      result = joined(std::move(result), value(*call.getArg(next++), depth + 1));
    } else {
      result.unknown = kPartNotConstant;
    }
  }
  return result;
}

}  // namespace forelock::cxx
