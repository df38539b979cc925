// Every option of a job: its name in JSON and in forms, and how it is read and written. Private to this
// module.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/options.h"

namespace vat::pipeline {

/// A reader's error names the option; the options are then in no particular state.
struct Option {
  std::string_view name;
  bool operators = false;  ///< Not settable by users.
  std::function<Result<>(const boost::json::value& value, JobOptions& options)> from_json;
  /// Of a form's field.
  std::function<Result<>(std::string_view text, JobOptions& options)> from_text;
  std::function<boost::json::value(const JobOptions& options)> get;
  /// After reading what a user sent; null: nothing to check.
  Result<> (*check_of_user)(JobOptions& options) = nullptr;
};

/// In the order of the documentation. Any thread.
[[nodiscard]] const std::vector<Option>& option_table();

/// Only the operator may name a model file: a user could name any file of this machine.
[[nodiscard]] bool names_file(const RecognitionChoice& choice);

}  // namespace vat::pipeline
