#pragma once

// Paths as text: with forward slashes, absolute and normal inside of the project layer. Nothing
// here touches the disk.

#include <string>
#include <string_view>

namespace forelock::project {

/// `path` made absolute against `folder`, without `.`, `..`, double or trailing slashes.
std::string absolute(std::string_view path, std::string_view folder);
/// Without the last component; "/" for a top folder.
std::string parent_of(std::string_view path);
/// The last component; a view into `path`.
std::string_view name_of(std::string_view path);
std::string join(std::string_view folder, std::string_view name);
/// Whether `path` is `folder` or lies below it.
bool is_below(std::string_view path, std::string_view folder);
/// As reports show it: relative to `folder` where it lies below it, "." for `folder` itself.
std::string shown_path(std::string_view path, std::string_view folder);

/// Whether a path matches a glob: `*` and `?` within a component, `**` over components, `[...]`. A
/// glob without a slash matches any one component; with one, it matches the path from its start or,
/// when it names a folder, everything below.
bool glob_matches(std::string_view glob, std::string_view path);

/// Order of file names as people number them: runs of digits by value, so V2 comes before V10.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace forelock::project
