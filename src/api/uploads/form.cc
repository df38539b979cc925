#include "api/uploads/form.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "api/uploads/receive.h"
#include "base/text.h"
#include "http/multipart.h"
#include "uploads/fingerprint.h"
#include "uploads/staged_file.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxFields = 96;

bool is_file(const http::PartHead& part) { return part.filename.has_value() || part.name == "file"; }

/// Sent by a web form without a selected file.
bool is_no_file(const http::PartHead& part, const Received& received) {
  return part.filename && part.filename->empty() && received.bytes == 0;
}

http::Task<Result<std::shared_ptr<uploads::StagedFile>>> stage(const Services& services,
                                                               const std::string& id) {
  Result<uploads::StagedFile> file = co_await services.writers.run(
      [&] { return uploads::StagedFile::create(services.objects.staging(), id); });
  if (!file) co_return fail(std::move(file).error());
  co_return std::make_shared<uploads::StagedFile>(std::move(*file));
}

/// Receives the bytes of one file and fills in its upload.
http::Task<Result<uploads::ReceivedFile>> receive_file(const Services& services, Upload upload,
                                                       ByteSource source, uploads::DiskRoom::Claim& claim) {
  Result<std::shared_ptr<uploads::StagedFile>> file = co_await stage(services, upload.id);
  if (!file) co_return fail(std::move(file).error());
  ReceiveOptions options;
  options.max_bytes = services.limits.max_upload_bytes;
  Result<Received> received = co_await receive(services, std::move(source), *file, claim, options);
  if (!received) {
    const std::shared_ptr<uploads::StagedFile> broken = *file;
    (void)co_await services.writers.run([&]() -> Result<> {
      broken->remove();
      return {};
    });
    co_return fail(std::move(received).error());
  }
  upload.size = received->bytes;
  const std::filesystem::path& path = (*file)->path();
  Result<std::string> fingerprint =
      co_await services.writers.run([&] { return uploads::fingerprint_file(path); });
  if (!fingerprint) co_return fail(std::move(fingerprint).error());
  upload.fingerprint = std::move(*fingerprint);
  co_return uploads::ReceivedFile{.upload = std::move(upload), .file = std::move(*file)};
}

/// The reception of one form.
class FormReceiver {
 public:
  FormReceiver(const Services& services, const User& user, const FormRules& rules,
               http::MultipartReader& reader, uploads::DiskRoom::Claim& claim)
      : services_(services), user_(user), rules_(rules), reader_(reader), claim_(claim) {}

  http::Task<Result<>> take_all(ReceivedForm& form) {
    while (true) {
      Result<std::optional<http::PartHead>> part = co_await reader_.next();
      if (!part) co_return fail(std::move(part).error());
      if (!*part) co_return Result<>{};
      Result<> taken;
      if (is_file(**part))
        taken = co_await take_file(**part, form);
      else
        taken = co_await take_field(**part, form);
      if (!taken) co_return taken;
    }
  }

 private:
  http::Task<Result<>> take_file(const http::PartHead& part, ReceivedForm& form) {
    if (part.name != "file")
      co_return fail_field(to_utf8(part.name), "Files must be sent in fields called \"file\".");
    if (form.files.size() == rules_.max_files) co_return too_many();
    Upload upload = uploads::new_upload(user_.id, part.filename.value_or(""), part.content_type);
    Result<uploads::ReceivedFile> file =
        co_await receive_file(services_, std::move(upload), source_of(reader_), claim_);
    if (!file) {
      Error error = std::move(file).error();
      if (error.code == ErrorCode::kLimit) error.field = "file";
      co_return fail(std::move(error));
    }
    const Received received{.bytes = file->upload.size.value_or(0), .digest = {}};
    if (!is_no_file(part, received)) form.files.push_back(std::move(*file));
    co_return Result<>{};
  }

  http::Task<Result<>> take_field(const http::PartHead& part, ReceivedForm& form) {
    if (Result<> known = rules_.check_name(part.name); !known) co_return known;
    if (form.fields.size() == kMaxFields) co_return fail(ErrorCode::kLimit, "The form has too many fields.");
    const bool is_long = rules_.is_long && rules_.is_long(part.name);
    if (is_long && ++long_fields_ > kMaxLongFields)
      co_return fail_field(
          part.name, "There may be at most " + std::to_string(kMaxLongFields) + " of " + part.name + ".");
    const std::size_t max_bytes = is_long ? kMaxLongFieldBytes : kMaxFieldBytes;
    Result<std::string> value = co_await reader_.read_all(max_bytes);
    if (!value) {
      Error error = std::move(value).error();
      if (error.code == ErrorCode::kLimit) error.field = part.name;
      co_return fail(std::move(error));
    }
    if (!is_long) field_bytes_ += value->size();
    if (field_bytes_ > kMaxFormBytes)
      co_return fail(ErrorCode::kLimit, "The fields of the form are longer than 256 KiB in total.");
    if (!is_utf8(*value)) co_return fail_field(part.name, "The field " + part.name + " is not valid UTF-8.");
    form.fields.emplace_back(part.name, std::move(*value));
    co_return Result<>{};
  }

  tl::unexpected<Error> too_many() const {
    return fail(Error(ErrorCode::kLimit, "One request may have at most " + std::to_string(rules_.max_files) +
                                             (rules_.max_files == 1 ? " file." : " files."))
                    .about_field("file"));
  }

  const Services& services_;
  const User& user_;
  const FormRules& rules_;
  http::MultipartReader& reader_;
  uploads::DiskRoom::Claim& claim_;
  std::size_t field_bytes_ = 0;
  std::size_t long_fields_ = 0;
};

/// Not on the I/O thread, where removing a large file would take long.
http::Task<> remove_files(const Services& services, ReceivedForm& form) {
  if (form.files.empty()) co_return;
  (void)co_await services.writers.run([&]() -> Result<> {
    form.files.clear();
    return {};
  });
}

http::Task<Result<uploads::DiskRoom::Claim>> claim_room(const Services& services,
                                                        const http::Request& request) {
  const std::uint64_t length = request.body->length().value_or(0);
  Result<uploads::DiskRoom::Claim> claim =
      co_await services.writers.run([&] { return services.intake.room.claim(length); });
  co_return claim;
}

}  // namespace

bool is_form(const http::Request& request) {
  return fold_case(to_utf8(request.header("Content-Type"))).starts_with("multipart/");
}

Result<> refuse_repeated(const FormFields& fields, std::string_view lists) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (!lists.empty() && field->first.starts_with(lists)) continue;
    if (std::any_of(fields.begin(), field, [&](const auto& other) { return other.first == field->first; }))
      return fail_field(field->first, "The field " + field->first + " is there twice.");
  }
  return {};
}

http::Task<Result<ReceivedForm>> receive_form(const Services& services, const User& user,
                                              http::Request& request, const FormRules& rules) {
  Result<http::MultipartReader> reader = http::MultipartReader::open(request);
  if (!reader) co_return fail(std::move(reader).error());
  Result<uploads::DiskRoom::Claim> claim = co_await claim_room(services, request);
  if (!claim) co_return fail(std::move(claim).error());
  ReceivedForm form;
  FormReceiver receiver(services, user, rules, *reader, *claim);
  Result<> taken = co_await receiver.take_all(form);
  if (!taken) {
    co_await remove_files(services, form);
    co_return fail(std::move(taken).error());
  }
  co_return form;
}

http::Task<Result<uploads::ReceivedFile>> receive_body(const Services& services, Upload upload,
                                                       http::Request& request) {
  Result<uploads::DiskRoom::Claim> claim = co_await claim_room(services, request);
  if (!claim) co_return fail(std::move(claim).error());
  Result<uploads::ReceivedFile> file =
      co_await receive_file(services, std::move(upload), source_of(*request.body), *claim);
  co_return file;
}

}  // namespace vat::api
