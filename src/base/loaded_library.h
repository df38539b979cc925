// A library that is loaded while the program runs, because not everybody has it.
#pragma once

#include <string>

#include "base/result.h"

namespace vat {

/// Stays loaded until the program ends; a value of this type only refers to it. Safe to use from any thread.
class LoadedLibrary {
 public:
  /// `file`: a path, or a name that the system's loader looks for. Its names do not become those of the
  /// program. kUnavailable with the loader's reason as its detail; `message` is for the user.
  [[nodiscard]] static Result<LoadedLibrary> load(const std::string& file, const std::string& message);

  /// Sets `function`, a pointer to a function of the type that `name` has in the library. False if there is
  /// none.
  template <class Function>
  [[nodiscard]] bool find(const std::string& name, Function*& function) const {
    function = reinterpret_cast<Function*>(find_address(name));
    return function != nullptr;
  }

 private:
  explicit LoadedLibrary(void* handle) : handle_(handle) {}
  [[nodiscard]] void* find_address(const std::string& name) const;

  void* handle_;
};

}  // namespace vat
