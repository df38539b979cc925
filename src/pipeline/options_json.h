// The options of a job as the API takes and shows them, and as the database keeps them: one JSON object, or
// fields of a form. The names are those of the command line's flags with underscores. Every function may be
// called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/options.h"

namespace vat::pipeline {

/// Reads the members of a JSON object over `defaults` and validates the whole. kInvalidArgument with
/// Error::field for an unknown member, a wrong type, a value that makes no sense; kLimit above 64 KiB.
/// Without a member "speech" or "dub", no audio and no video is made but what `defaults` ask for. What
/// belongs to the operator comes from `defaults` alone: the device, the weights' type, and a model that is a
/// file.
[[nodiscard]] Result<JobOptions> job_options_from_json(std::string_view json, const JobOptions& defaults);

/// The same for what to_json() wrote, in which the operator's options stand too.
[[nodiscard]] Result<JobOptions> job_options_from_stored_json(std::string_view json);

/// Sets one option by a form field's text: "true", "5", "srt,vtt", and validates it. False when no option has
/// that name. After an error `options` are as they were.
[[nodiscard]] Result<bool> set_option(JobOptions& options, std::string_view name, std::string_view text);

/// Every option with its value, so that what the database keeps does not change with the program's defaults.
[[nodiscard]] std::string to_json(const JobOptions& options);

/// The same for the job's user, who can send it again: without what belongs to the operator.
[[nodiscard]] std::string to_public_json(const JobOptions& options);

/// The names that a user may set, in the order of the documents.
[[nodiscard]] std::vector<std::string_view> option_names();

}  // namespace vat::pipeline
