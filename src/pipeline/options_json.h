// The options of a job in the API and in the database: one JSON object, or fields of a form. The names are
// those of the command line's flags with underscores. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/options.h"

namespace vat::pipeline {

/// Reads the members of a JSON object over `defaults` and validates the result. kInvalidArgument with
/// Error::field for an unknown member, a wrong type or an invalid value; kLimit above 64 KiB. Without a
/// member "speech" or "dub", audio and video are made only if `defaults` ask for them. The operator's options
/// come from `defaults` only: the device, the weights' type, and a model that is a file.
[[nodiscard]] Result<JobOptions> job_options_from_json(std::string_view json, const JobOptions& defaults);

/// The same for the output of to_json(), which includes the operator's options.
[[nodiscard]] Result<JobOptions> job_options_from_stored_json(std::string_view json);

/// Sets one option by a form field's text: "true", "5", "srt,vtt", and validates it. False when no option has
/// that name. After an error `options` are unchanged.
[[nodiscard]] Result<bool> set_option(JobOptions& options, std::string_view name, std::string_view text);

/// Every option with its value, so that stored options do not change with the program's defaults.
[[nodiscard]] std::string to_json(const JobOptions& options);

/// The same for the job's user, who can send it again: without the operator's options.
[[nodiscard]] std::string to_public_json(const JobOptions& options);

/// The names that a user may set, in the order of the documentation.
[[nodiscard]] std::vector<std::string_view> option_names();

}  // namespace vat::pipeline
