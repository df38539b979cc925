// The SQL files of migrations/, embedded by cmake/VatEmbedText.cmake. Private to db.
#pragma once

#include <span>
#include <string_view>

namespace vat::db {

struct EmbeddedText {
  std::string_view name;  ///< "0001_initial.sqlite.sql".
  std::string_view text;
};

extern const std::span<const EmbeddedText> kMigrationFiles;

}  // namespace vat::db
