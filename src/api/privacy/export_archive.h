// Everything that a user has, as one ZIP archive that is made while it is read. Private to api.
#pragma once

#include <memory>
#include <string>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"

namespace vat::api {

/// One thread at a time; `services` must outlive it. Memory does not grow with what the user has.
class ExportArchive {
 public:
  ExportArchive(const Services& services, User user);
  ~ExportArchive();
  ExportArchive(const ExportArchive&) = delete;
  ExportArchive& operator=(const ExportArchive&) = delete;

  /// The next bytes, some hundred kilobytes; empty at the end. Blocks on the database and the disk.
  [[nodiscard]] Result<std::string> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::api
