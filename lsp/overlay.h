#pragma once

// The disk with the open buffers over it.

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "analyzer/project/file_system.h"
#include "lsp/documents.h"

namespace forelock::lsp {

/// Reads an open document where there is one, else the disk; the disk is never read for an open
/// file. Borrows both: they must outlive it, and the documents must not change while it is used.
class OverlayFileSystem : public project::FileSystem {
 public:
  OverlayFileSystem(const project::FileSystem& disk, const Documents& documents)
      : disk_(disk), documents_(documents) {}

  [[nodiscard]] std::expected<text::FileRef, text::Error> read(const std::string& path,
                                                               std::string shown) const override;
  [[nodiscard]] bool is_file(const std::string& path) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;

 private:
  const project::FileSystem& disk_;
  const Documents& documents_;
};

}  // namespace forelock::lsp
