#include "http/multipart.h"

#include "http/multipart_parser.h"
#include "http/too_long.h"

namespace vat::http {

struct MultipartReader::State {
  State(BodyReader& the_body, std::string_view boundary, MultipartLimits limits)
      : body(the_body), parser(boundary, limits) {}

  BodyReader& body;
  MultipartParser parser;
  bool in_part = false;
  bool ended = false;

  Task<Result<MultipartParser::Event>> next() {
    while (true) {
      Result<MultipartParser::Event> event = parser.next();
      if (!event || event->kind != MultipartParser::Kind::kNeedMore) co_return event;
      Result<std::string_view> piece = co_await body.read();
      if (!piece) co_return fail(std::move(piece).error());
      if (piece->empty()) {
        Result<> finished = parser.finish();
        if (!finished) co_return fail(std::move(finished).error());
        co_return MultipartParser::Event{MultipartParser::Kind::kEnd, {}};
      }
      parser.feed(*piece);
    }
  }
};

MultipartReader::MultipartReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
MultipartReader::~MultipartReader() = default;
MultipartReader::MultipartReader(MultipartReader&&) noexcept = default;
MultipartReader& MultipartReader::operator=(MultipartReader&&) noexcept = default;

Result<MultipartReader> MultipartReader::open(Request& request, MultipartLimits limits) {
  VAT_ASSIGN(const std::string boundary, multipart_boundary(request.header("Content-Type")));
  return MultipartReader(std::make_unique<State>(*request.body, boundary, limits));
}

Task<Result<std::optional<PartHead>>> MultipartReader::next() {
  using Kind = MultipartParser::Kind;
  State& state = *state_;
  while (!state.ended) {
    Result<MultipartParser::Event> event = co_await state.next();
    if (!event) co_return fail(std::move(event).error());
    state.in_part = event->kind == Kind::kPart || event->kind == Kind::kData;
    if (event->kind == Kind::kPart) co_return std::optional(std::move(state.parser.part()));
    state.ended = event->kind == Kind::kEnd;
  }
  co_return std::optional<PartHead>();
}

Task<Result<std::string_view>> MultipartReader::read() {
  State& state = *state_;
  if (!state.in_part) co_return std::string_view();
  Result<MultipartParser::Event> event = co_await state.next();
  if (!event) co_return fail(std::move(event).error());
  if (event->kind == MultipartParser::Kind::kData) co_return event->data;
  state.in_part = false;
  co_return std::string_view();
}

Task<Result<std::string>> MultipartReader::read_all(std::size_t max_bytes) {
  std::string all;
  while (true) {
    Result<std::string_view> piece = co_await read();
    if (!piece) co_return fail(std::move(piece).error());
    if (piece->empty()) co_return all;
    if (piece->size() > max_bytes - all.size()) co_return too_long("A field of the form", max_bytes);
    all += *piece;
  }
}

}  // namespace vat::http
