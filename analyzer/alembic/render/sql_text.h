#pragma once

// SQL while it is being rendered: text that knows which source expression made each byte.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/value.h"
#include "analyzer/text/source_map.h"

namespace forelock::alembic {

/// What stands in SQL for text that is not known: an identifier, since that parses nearly anywhere.
inline constexpr std::string_view kUnknownText = "__unknown__";

/// Collects SQL. Bytes put with `<<` are derived from the current place; copied string literals
/// keep their own map where it is true for the migration's file.
class Sql {
 public:
  /// `home` is the text of the migration's file and must outlive this object; `place` is what the
  /// text is derived from unless said otherwise.
  Sql(std::string_view home, text::Span place) : home_(home), place_(place) {}

  Sql& operator<<(std::string_view text);
  /// Copies `text` with its map; segments that do not hold in the migration's file (the string was
  /// written in another module) become derived from the current place. Holes become kUnknownText.
  Sql& copy(const text::MappedText& text);
  Sql& append(const Sql& other);
  /// Text that is not known statically.
  Sql& hole();
  /// Marks the whole as partly unknown without adding a placeholder.
  void mark_partial() { partial_ = true; }

  [[nodiscard]] text::Span place() const { return place_; }
  void set_place(text::Span place) { place_ = place; }
  [[nodiscard]] bool partial() const { return partial_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view home() const { return home_; }
  /// The text with its map. Holes are empty: they are filled, and partial() tells of them.
  [[nodiscard]] text::MappedText mapped() const;
  /// A new, empty text at the same place.
  [[nodiscard]] Sql fresh() const { return Sql(home_, place_); }

 private:
  void add_segment(std::uint32_t begin, text::Span host, text::SegmentKind kind);

  std::string_view home_;
  text::Span place_;
  std::string text_;
  std::vector<text::Segment> segments_;
  bool partial_ = false;
};

/// Sets the place of `sql` for a scope.
class At {
 public:
  At(Sql& sql, text::Span place) : sql_(sql), saved_(sql.place()) { sql.set_place(place); }
  ~At() { sql_.set_place(saved_); }
  At(const At&) = delete;
  At& operator=(const At&) = delete;

 private:
  Sql& sql_;
  text::Span saved_;
};

}  // namespace forelock::alembic
