#include "analyzer/python/syntax.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace forelock::python {
namespace {

using text::Span;

/// What a grammar symbol means here.
struct Meaning {
  enum class Use : std::uint8_t {
    kUnresolved,
    kNode,         ///< Becomes a node, its children are visited.
    kLeaf,         ///< Becomes a node without children.
    kOperator,     ///< Becomes an operator of its parent, or a node where several may stand.
    kDropped,      ///< Punctuation.
    kTransparent,  ///< No node of its own; its children become the parent's.
    kComment,
  };
  Use use = Use::kUnresolved;
  Kind kind = Kind::kOther;
  Op op = Op::kNone;
};

struct NamedKind {
  std::string_view name;
  Kind kind;
};

constexpr std::array kKinds = std::to_array<NamedKind>({
    {"ERROR", Kind::kError},
    {"aliased_import", Kind::kAliasedImport},
    {"argument_list", Kind::kArgumentList},
    {"as_pattern", Kind::kAsPattern},
    {"as_pattern_target", Kind::kAsPatternTarget},
    {"assert_statement", Kind::kAssertStatement},
    {"assignment", Kind::kAssignment},
    {"attribute", Kind::kAttribute},
    {"augmented_assignment", Kind::kAugmentedAssignment},
    {"await", Kind::kAwait},
    {"binary_operator", Kind::kBinaryOperator},
    {"block", Kind::kBlock},
    {"boolean_operator", Kind::kBooleanOperator},
    {"break_statement", Kind::kBreakStatement},
    {"call", Kind::kCall},
    {"case_clause", Kind::kCaseClause},
    {"case_pattern", Kind::kCasePattern},
    {"chevron", Kind::kChevron},
    {"class_definition", Kind::kClassDefinition},
    {"class_pattern", Kind::kClassPattern},
    {"comment", Kind::kComment},
    {"comparison_operator", Kind::kComparisonOperator},
    {"complex_pattern", Kind::kComplexPattern},
    {"concatenated_string", Kind::kConcatenatedString},
    {"conditional_expression", Kind::kConditionalExpression},
    {"continue_statement", Kind::kContinueStatement},
    {"decorated_definition", Kind::kDecoratedDefinition},
    {"decorator", Kind::kDecorator},
    {"default_parameter", Kind::kDefaultParameter},
    {"delete_statement", Kind::kDeleteStatement},
    {"dict_pattern", Kind::kDictPattern},
    {"dictionary", Kind::kDictionary},
    {"dictionary_comprehension", Kind::kDictionaryComprehension},
    {"dictionary_splat", Kind::kDictionarySplat},
    {"dictionary_splat_pattern", Kind::kDictionarySplatPattern},
    {"dotted_name", Kind::kDottedName},
    {"elif_clause", Kind::kElifClause},
    {"ellipsis", Kind::kEllipsis},
    {"else_clause", Kind::kElseClause},
    {"except_clause", Kind::kExceptClause},
    {"except_group_clause", Kind::kExceptGroupClause},
    {"exec_statement", Kind::kExecStatement},
    {"expression_list", Kind::kExpressionList},
    {"expression_statement", Kind::kExpressionStatement},
    {"false", Kind::kFalse},
    {"finally_clause", Kind::kFinallyClause},
    {"float", Kind::kFloat},
    {"for_in_clause", Kind::kForInClause},
    {"for_statement", Kind::kForStatement},
    {"format_expression", Kind::kFormatExpression},
    {"format_specifier", Kind::kFormatSpecifier},
    {"function_definition", Kind::kFunctionDefinition},
    {"future_import_statement", Kind::kFutureImportStatement},
    {"generator_expression", Kind::kGeneratorExpression},
    {"global_statement", Kind::kGlobalStatement},
    {"identifier", Kind::kIdentifier},
    {"if_clause", Kind::kIfClause},
    {"if_statement", Kind::kIfStatement},
    {"import_from_statement", Kind::kImportFromStatement},
    {"import_prefix", Kind::kImportPrefix},
    {"import_statement", Kind::kImportStatement},
    {"integer", Kind::kInteger},
    {"interpolation", Kind::kInterpolation},
    {"keyword_argument", Kind::kKeywordArgument},
    {"keyword_pattern", Kind::kKeywordPattern},
    {"keyword_separator", Kind::kKeywordSeparator},
    {"lambda", Kind::kLambda},
    {"lambda_parameters", Kind::kLambdaParameters},
    {"list", Kind::kList},
    {"list_comprehension", Kind::kListComprehension},
    {"list_pattern", Kind::kListPattern},
    {"list_splat", Kind::kListSplat},
    {"list_splat_pattern", Kind::kListSplatPattern},
    {"match_statement", Kind::kMatchStatement},
    {"module", Kind::kModule},
    {"named_expression", Kind::kNamedExpression},
    {"none", Kind::kNone},
    {"nonlocal_statement", Kind::kNonlocalStatement},
    {"not_operator", Kind::kNotOperator},
    {"pair", Kind::kPair},
    {"parameters", Kind::kParameters},
    {"parenthesized_expression", Kind::kParenthesizedExpression},
    {"pass_statement", Kind::kPassStatement},
    {"pattern_list", Kind::kPatternList},
    {"positional_separator", Kind::kPositionalSeparator},
    {"print_statement", Kind::kPrintStatement},
    {"raise_statement", Kind::kRaiseStatement},
    {"relative_import", Kind::kRelativeImport},
    {"return_statement", Kind::kReturnStatement},
    {"set", Kind::kSet},
    {"set_comprehension", Kind::kSetComprehension},
    {"slice", Kind::kSlice},
    {"splat_pattern", Kind::kSplatPattern},
    {"string", Kind::kString},
    {"string_content", Kind::kStringContent},
    {"string_end", Kind::kStringEnd},
    {"string_start", Kind::kStringStart},
    {"subscript", Kind::kSubscript},
    {"true", Kind::kTrue},
    {"try_statement", Kind::kTryStatement},
    {"tuple", Kind::kTuple},
    {"tuple_pattern", Kind::kTuplePattern},
    {"type", Kind::kType},
    {"type_alias_statement", Kind::kTypeAliasStatement},
    {"type_conversion", Kind::kTypeConversion},
    {"typed_default_parameter", Kind::kTypedDefaultParameter},
    {"typed_parameter", Kind::kTypedParameter},
    {"unary_operator", Kind::kUnaryOperator},
    {"union_pattern", Kind::kUnionPattern},
    {"while_statement", Kind::kWhileStatement},
    {"wildcard_import", Kind::kWildcardImport},
    {"with_clause", Kind::kWithClause},
    {"with_item", Kind::kWithItem},
    {"with_statement", Kind::kWithStatement},
    {"yield", Kind::kYield},
});
static_assert(std::ranges::is_sorted(kKinds, {}, &NamedKind::name));

struct NamedField {
  std::string_view name;
  Field field;
};

constexpr std::array kFields = std::to_array<NamedField>({
    {"alias", Field::kAlias},
    {"alternative", Field::kAlternative},
    {"argument", Field::kArgument},
    {"arguments", Field::kArguments},
    {"attribute", Field::kAttribute},
    {"body", Field::kBody},
    {"cause", Field::kCause},
    {"code", Field::kCode},
    {"condition", Field::kCondition},
    {"consequence", Field::kConsequence},
    {"definition", Field::kDefinition},
    {"expression", Field::kExpression},
    {"format_specifier", Field::kFormatSpecifier},
    {"function", Field::kFunction},
    {"guard", Field::kGuard},
    {"key", Field::kKey},
    {"left", Field::kLeft},
    {"module_name", Field::kModuleName},
    {"name", Field::kName},
    {"object", Field::kObject},
    {"operator", Field::kOperator},
    {"operators", Field::kOperators},
    {"parameters", Field::kParameters},
    {"return_type", Field::kReturnType},
    {"right", Field::kRight},
    {"subject", Field::kSubject},
    {"subscript", Field::kSubscript},
    {"superclasses", Field::kSuperclasses},
    {"type", Field::kType},
    {"type_conversion", Field::kTypeConversion},
    {"type_parameters", Field::kTypeParameters},
    {"value", Field::kValue},
});
static_assert(std::ranges::is_sorted(kFields, {}, &NamedField::name));

struct NamedOp {
  std::string_view name;
  Op op;
};

constexpr std::array kOps = std::to_array<NamedOp>({
    {"!=", Op::kNe},         {"%", Op::kMod},          {"%=", Op::kMod},
    {"&", Op::kBitAnd},      {"&=", Op::kBitAnd},      {"*", Op::kMul},
    {"**", Op::kPow},        {"**=", Op::kPow},        {"*=", Op::kMul},
    {"+", Op::kAdd},         {"+=", Op::kAdd},         {"-", Op::kSub},
    {"-=", Op::kSub},        {"/", Op::kDiv},          {"//", Op::kFloorDiv},
    {"//=", Op::kFloorDiv},  {"/=", Op::kDiv},         {":", Op::kColon},
    {"<", Op::kLt},          {"<<", Op::kShiftLeft},   {"<<=", Op::kShiftLeft},
    {"<=", Op::kLe},         {"<>", Op::kNe},          {"=", Op::kAssign},
    {"==", Op::kEq},         {">", Op::kGt},           {">=", Op::kGe},
    {">>", Op::kShiftRight}, {">>=", Op::kShiftRight}, {"@", Op::kMatMul},
    {"@=", Op::kMatMul},     {"^", Op::kBitXor},       {"^=", Op::kBitXor},
    {"and", Op::kAnd},       {"from", Op::kFrom},      {"in", Op::kIn},
    {"is", Op::kIs},         {"is not", Op::kIsNot},   {"not", Op::kNot},
    {"not in", Op::kNotIn},  {"or", Op::kOr},          {"|", Op::kBitOr},
    {"|=", Op::kBitOr},      {"~", Op::kInvert},
});
static_assert(std::ranges::is_sorted(kOps, {}, &NamedOp::name));

Meaning meaning_of(std::string_view name, bool named) {
  if (named || name == "not in" || name == "is not") {
    const auto found = std::ranges::lower_bound(kKinds, name, {}, &NamedKind::name);
    if (found != kKinds.end() && found->name == name) {
      switch (found->kind) {
        case Kind::kComment:
          return {.use = Meaning::Use::kComment, .kind = Kind::kComment};
        case Kind::kStringContent:
        case Kind::kStringStart:
        case Kind::kStringEnd:
          return {.use = Meaning::Use::kLeaf, .kind = found->kind};
        default:
          return {.use = Meaning::Use::kNode, .kind = found->kind};
      }
    }
    if (name == "line_continuation") return {.use = Meaning::Use::kDropped};
  }
  const auto found = std::ranges::lower_bound(kOps, name, {}, &NamedOp::name);
  if (found != kOps.end() && found->name == name) {
    return {.use = Meaning::Use::kOperator, .kind = Kind::kOperator, .op = found->op};
  }
  if (named) return {.use = Meaning::Use::kNode};
  return {.use = Meaning::Use::kDropped};
}

struct TreeDeleter {
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};
struct ParserDeleter {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};

/// A file whose parse takes longer is not read: tree-sitter's error recovery has bad cases.
constexpr std::uint64_t kParseTimeoutMicros = 5'000'000;
/// Problems reported of one file.
constexpr std::size_t kMaxProblems = 10;

bool takes_operator(Kind kind) {
  switch (kind) {
    case Kind::kBinaryOperator:
    case Kind::kBooleanOperator:
    case Kind::kUnaryOperator:
    case Kind::kAugmentedAssignment:
    case Kind::kInterpolation:
    case Kind::kSplatPattern:
    case Kind::kCasePattern:
    case Kind::kYield:
      return true;
    default:
      return false;
  }
}

bool keeps_operator_nodes(Kind kind) {
  return kind == Kind::kComparisonOperator || kind == Kind::kSlice;
}

std::uint32_t clamp32(std::size_t n) { return static_cast<std::uint32_t>(n); }

}  // namespace

/// Copies a tree with one walk of a cursor, without recursion.
class TreeCopy {
 public:
  TreeCopy(ParsedFile& out, const TSTree& tree) : out_(out) {
    const TSLanguage* language = ts_tree_language(&tree);
    const std::uint32_t fields = ts_language_field_count(language);
    fields_.assign(fields + 1, Field::kNone);
    for (std::uint32_t id = 1; id <= fields; ++id) {
      const char* raw = ts_language_field_name_for_id(language, static_cast<TSFieldId>(id));
      const std::string_view name = raw == nullptr ? "" : raw;
      const auto found = std::ranges::lower_bound(kFields, name, {}, &NamedField::name);
      if (found != kFields.end() && found->name == name) fields_[id] = found->field;
    }
    meanings_.assign(ts_language_symbol_count(language) + 1, Meaning{});
    copy(ts_tree_root_node(&tree));
  }

 private:
  struct Level {
    std::uint32_t node = 0;
    std::uint32_t last_child = 0;
    bool in_error = false;
  };

  const Meaning& meaning(TSNode node) {
    const TSSymbol symbol = ts_node_symbol(node);
    // The symbol of an ERROR node is 65535.
    const std::size_t index = symbol == static_cast<TSSymbol>(-1) ? meanings_.size() - 1 : symbol;
    Meaning& m = meanings_[std::min(index, meanings_.size() - 1)];
    if (m.use == Meaning::Use::kUnresolved) {
      const char* raw = ts_node_type(node);
      m = meaning_of(raw == nullptr ? "" : raw, ts_node_is_named(node));
    }
    return m;
  }

  void problem(Span span, std::string message) {
    auto& problems = out_.problems_;
    if (!problems.empty()) {
      SyntaxProblem& last = problems.back();
      if (span.begin_byte <= last.span.end_byte + 1) {
        last.span = last.span.joined(span);
        return;
      }
    }
    if (problems.size() < kMaxProblems) problems.push_back({span, std::move(message)});
  }

  std::uint32_t add(Level& parent, Node node) {
    const std::uint32_t index = clamp32(out_.nodes_.size());
    out_.nodes_.push_back(node);
    if (parent.last_child == 0) {
      out_.nodes_[parent.node].first = index;
    } else {
      out_.nodes_[parent.last_child].next = index;
    }
    parent.last_child = index;
    return index;
  }

  void report(TSNode node, Span span, bool in_error) {
    if (ts_node_is_missing(node)) {
      const char* type = ts_node_type(node);
      problem(span, std::string("missing `") + (type == nullptr ? "token" : type) + "`");
    } else if (!in_error && ts_node_is_error(node)) {
      problem(span, "invalid syntax");
    }
  }

  /// Adds what the cursor is at; whether its children are to be visited.
  bool visit(TSTreeCursor& cursor, std::vector<Level>& levels) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    Level& parent = levels.back();
    const Span span{ts_node_start_byte(node), ts_node_end_byte(node)};
    if (has_errors_) report(node, span, parent.in_error);
    const Meaning& m = meaning(node);
    Node& holder = out_.nodes_[parent.node];
    switch (m.use) {
      case Meaning::Use::kComment:
        out_.comments_.push_back({span});
        return false;
      case Meaning::Use::kDropped:
      case Meaning::Use::kUnresolved:
      case Meaning::Use::kTransparent:
        return false;
      case Meaning::Use::kOperator:
        if (takes_operator(holder.kind)) {
          if (holder.op == Op::kNone) holder.op = m.op;
          return false;
        }
        if (!keeps_operator_nodes(holder.kind)) return false;
        add(parent, {.begin = span.begin_byte, .end = span.end_byte, .kind = m.kind, .op = m.op});
        return false;
      case Meaning::Use::kLeaf:
      case Meaning::Use::kNode:
        break;
    }
    const TSFieldId id = ts_tree_cursor_current_field_id(&cursor);
    const Field field = id < fields_.size() ? fields_[id] : Field::kNone;
    const std::uint32_t index = add(
        parent, {.begin = span.begin_byte, .end = span.end_byte, .kind = m.kind, .field = field});
    if (m.use == Meaning::Use::kLeaf && !has_errors_) return false;
    const bool in_error = parent.in_error || m.kind == Kind::kError;
    if (!ts_tree_cursor_goto_first_child(&cursor)) return false;
    levels.push_back({.node = index, .in_error = in_error});
    return true;
  }

  void copy(TSNode root) {
    has_errors_ = ts_node_has_error(root);
    const Span span{ts_node_start_byte(root), ts_node_end_byte(root)};
    out_.nodes_.clear();
    out_.nodes_.reserve(ts_node_descendant_count(root) / 2 + 8);
    out_.nodes_.push_back({.begin = span.begin_byte, .end = span.end_byte, .kind = Kind::kModule});
    if (ts_node_is_error(root)) problem(span, "invalid syntax");
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    std::vector<Level> levels{{.node = 0, .in_error = ts_node_is_error(root)}};
    if (ts_tree_cursor_goto_first_child(&cursor)) walk(cursor, levels);
    ts_tree_cursor_delete(&cursor);
  }

  void walk(TSTreeCursor& cursor, std::vector<Level>& levels) {
    for (;;) {
      if (visit(cursor, levels)) continue;
      while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
        if (levels.size() == 1) return;
        levels.pop_back();
        if (!ts_tree_cursor_goto_parent(&cursor)) return;
      }
    }
  }

  ParsedFile& out_;
  std::vector<Field> fields_;
  std::vector<Meaning> meanings_;
  bool has_errors_ = false;
};

ParsedFile::ParsedFile(text::FileRef file) : file_(std::move(file)) {
  nodes_.push_back({.kind = Kind::kModule});
  const std::string_view text = file_->text();
  const std::unique_ptr<TSParser, ParserDeleter> parser(ts_parser_new());
  if (!ts_parser_set_language(parser.get(), tree_sitter_python())) {
    problems_.push_back({{}, "the Python grammar does not fit the parser"});
    return;
  }
  ts_parser_set_timeout_micros(parser.get(), kParseTimeoutMicros);
  const std::unique_ptr<TSTree, TreeDeleter> tree(
      ts_parser_parse_string(parser.get(), nullptr, text.data(), clamp32(text.size())));
  if (tree == nullptr) {
    problems_.push_back({{0, clamp32(text.size())}, "parsing takes too long"});
    return;
  }
  TreeCopy(*this, *tree);
}

std::vector<const Node*> ParsedFile::children(const Node& node) const {
  std::vector<const Node*> all;
  for (const Node* c = first(node); c != nullptr; c = next(*c)) all.push_back(c);
  return all;
}

std::uint32_t ParsedFile::subtree_end(const Node& node) const {
  std::uint32_t i = index(node) + 1;
  while (i < nodes_.size() && nodes_[i].begin < node.end) ++i;
  return i;
}

std::string_view spelling(Op op) {
  switch (op) {
    case Op::kNone:
      return "";
    case Op::kAdd:
      return "+";
    case Op::kSub:
      return "-";
    case Op::kMul:
      return "*";
    case Op::kDiv:
      return "/";
    case Op::kFloorDiv:
      return "//";
    case Op::kMod:
      return "%";
    case Op::kPow:
      return "**";
    case Op::kMatMul:
      return "@";
    case Op::kBitAnd:
      return "&";
    case Op::kBitOr:
      return "|";
    case Op::kBitXor:
      return "^";
    case Op::kInvert:
      return "~";
    case Op::kShiftLeft:
      return "<<";
    case Op::kShiftRight:
      return ">>";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
    case Op::kNot:
      return "not";
    case Op::kEq:
      return "==";
    case Op::kNe:
      return "!=";
    case Op::kLt:
      return "<";
    case Op::kLe:
      return "<=";
    case Op::kGt:
      return ">";
    case Op::kGe:
      return ">=";
    case Op::kIn:
      return "in";
    case Op::kNotIn:
      return "not in";
    case Op::kIs:
      return "is";
    case Op::kIsNot:
      return "is not";
    case Op::kColon:
      return ":";
    case Op::kAssign:
      return "=";
    case Op::kFrom:
      return "from";
  }
  return "";
}

std::shared_ptr<const ParsedFile> parse(text::FileRef file) {
  return std::make_shared<const ParsedFile>(std::move(file));
}

std::vector<SyntaxProblem> syntax_problems(const ParsedFile& file) { return file.problems(); }

std::vector<CommentToken> comments(const ParsedFile& file) { return file.comments(); }

}  // namespace forelock::python
