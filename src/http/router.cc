#include "http/router.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>

#include "base/log.h"
#include "base/uuid.h"
#include "http/fields.h"
#include "http/target.h"

namespace vat::http {
namespace {

constexpr std::size_t kMethods = 7;

enum class Kind { kUuid, kInt, kAny, kPath };

struct Route {
  std::string pattern;
  std::vector<std::string> parameters;  ///< Their names, in order.
  Handler handler;
  Handler composed;  ///< With its middleware around it.
  RouteOptions options;
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// One segment of the tree of patterns.
struct Node {
  std::unordered_map<std::string, std::unique_ptr<Node>, Hash, std::equal_to<>> literals;
  std::array<std::unique_ptr<Node>, 4> kinds;  ///< By Kind, the strictest first.
  std::array<std::unique_ptr<Route>, kMethods> routes;
};

bool fits(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::kUuid:
      return is_uuid(text);
    case Kind::kInt:
      return text.size() <= 18 && all_digits(text);
    default:
      return !text.empty();
  }
}

[[noreturn]] void refuse(std::string_view pattern, std::string_view why) {
  log(LogLevel::kError, "The route " + std::string(pattern) + " " + std::string(why));
  std::abort();
}

/// The segments of a path: "/a/b" has "a" and "b"; "/" has an empty one.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

/// One walk through the tree: finds the route of the method, and collects the other methods of the path.
class Search {
 public:
  Search(Method method, std::string_view path) : method_(method), path_(path) {
    if (!path_.empty()) path_.remove_prefix(1);
  }

  const Route* find(const Node& root) { return walk(root, 0); }
  [[nodiscard]] std::vector<std::string>& values() { return values_; }
  [[nodiscard]] const std::array<bool, kMethods>& allowed() const { return allowed_; }

 private:
  const Route* walk(const Node& node, std::size_t at) {
    const std::size_t slash = std::min(path_.find('/', at), path_.size());
    const std::string_view raw = path_.substr(at, slash - at);
    const auto decoded = raw.find('%') == std::string_view::npos ? std::nullopt : percent_decode(raw);
    const std::string_view segment = decoded ? std::string_view(*decoded) : raw;
    if (const auto literal = node.literals.find(segment); literal != node.literals.end())
      if (const Route* route = enter(*literal->second, slash)) return route;
    for (const Kind kind : {Kind::kUuid, Kind::kInt, Kind::kAny}) {
      const auto& child = node.kinds[static_cast<std::size_t>(kind)];
      if (!child || !fits(kind, segment)) continue;
      values_.emplace_back(segment);
      if (const Route* route = enter(*child, slash)) return route;
      values_.pop_back();
    }
    return rest(node, at);
  }

  const Route* rest(const Node& node, std::size_t at) {
    const auto& child = node.kinds[static_cast<std::size_t>(Kind::kPath)];
    if (!child) return nullptr;
    auto decoded = percent_decode(path_.substr(at));
    if (!decoded) return nullptr;
    values_.push_back(std::move(*decoded));
    if (const Route* route = end(*child)) return route;
    values_.pop_back();
    return nullptr;
  }

  const Route* enter(const Node& node, std::size_t slash) {
    return slash == path_.size() ? end(node) : walk(node, slash + 1);
  }

  const Route* end(const Node& node) {
    const auto slot = [&node](Method method) { return node.routes[static_cast<std::size_t>(method)].get(); };
    if (const Route* route = slot(method_)) return route;
    if (method_ == Method::kHead && slot(Method::kGet) != nullptr) return slot(Method::kGet);
    for (std::size_t i = 0; i < kMethods; ++i) allowed_[i] = allowed_[i] || node.routes[i] != nullptr;
    return nullptr;
  }

  Method method_;
  std::string_view path_;
  std::vector<std::string> values_;
  std::array<bool, kMethods> allowed_{};
};

std::vector<Method> methods_of(std::array<bool, kMethods> allowed) {
  std::vector<Method> methods;
  if (std::none_of(allowed.begin(), allowed.end(), [](bool is) { return is; })) return methods;
  if (allowed[static_cast<std::size_t>(Method::kGet)])
    allowed[static_cast<std::size_t>(Method::kHead)] = true;
  allowed[static_cast<std::size_t>(Method::kOptions)] = true;
  for (std::size_t i = 0; i < kMethods; ++i)
    if (allowed[i]) methods.push_back(static_cast<Method>(i));
  return methods;
}

/// "{id:uuid}": its name and kind; nothing for plain text.
std::optional<std::pair<std::string, Kind>> parameter_of(std::string_view segment, std::string_view pattern) {
  if (segment.empty() || segment.front() != '{') return std::nullopt;
  if (segment.back() != '}') refuse(pattern, "has an unclosed brace.");
  segment = segment.substr(1, segment.size() - 2);
  const std::size_t colon = segment.find(':');
  const std::string_view kind = colon == std::string_view::npos ? "" : segment.substr(colon + 1);
  std::string name(segment.substr(0, colon));
  if (kind.empty()) return std::pair(std::move(name), Kind::kAny);
  if (kind == "uuid") return std::pair(std::move(name), Kind::kUuid);
  if (kind == "int") return std::pair(std::move(name), Kind::kInt);
  if (kind == "path") return std::pair(std::move(name), Kind::kPath);
  refuse(pattern, "has a parameter of an unknown kind.");
}

Response plain_error(const Request& request, const Error& error) {
  std::string sentence = error.message;
  if (error.code == ErrorCode::kInternal) {
    log(LogLevel::kError, "A request failed.",
        {{"reason", error.message},
         {"detail", error.detail},
         {"route", request.route},
         {"request_id", request.id}});
    sentence = "The request failed because of an internal error; see the server's log.";
  }
  return text_response(http_status(error), "text/plain; charset=utf-8", sentence + "\n");
}

}  // namespace

struct Router::State {
  Node root;
  std::vector<Route*> routes;
  std::vector<std::pair<std::string, Middleware>> middleware;
  std::vector<std::pair<std::string, ErrorWriter>> error_writers;
  std::function<Result<>(Request&)> gate;
  std::function<void(const Request&, Response&)> finisher;

  void compose(Route& route) const {
    route.composed = route.handler;
    for (auto layer = middleware.rbegin(); layer != middleware.rend(); ++layer) {
      if (!route.pattern.starts_with(layer->first)) continue;
      route.composed = [outer = layer->second, inner = std::move(route.composed)](Request& request) {
        return outer(request, inner);
      };
    }
  }
};

Router::Router() : state_(std::make_unique<State>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  auto route = std::make_unique<Route>();
  route->pattern = pattern;
  route->handler = std::move(handler);
  route->options = options;
  Node* node = &state_->root;
  bool ended = false;
  for (const std::string_view segment : split(pattern)) {
    if (ended) refuse(pattern, "has something after the rest of the path.");
    std::unique_ptr<Node>* child = nullptr;
    if (auto parameter = parameter_of(segment, pattern)) {
      route->parameters.push_back(std::move(parameter->first));
      child = &node->kinds[static_cast<std::size_t>(parameter->second)];
      ended = parameter->second == Kind::kPath;
    } else {
      child = &node->literals[std::string(segment)];
    }
    if (!*child) *child = std::make_unique<Node>();
    node = child->get();
  }
  auto& slot = node->routes[static_cast<std::size_t>(method)];
  if (slot) refuse(pattern, "is there twice for " + std::string(method_name(method)) + ".");
  state_->compose(*route);
  state_->routes.push_back(route.get());
  slot = std::move(route);
}

void Router::use(std::string_view prefix, Middleware middleware) {
  state_->middleware.emplace_back(prefix, std::move(middleware));
  for (Route* route : state_->routes) state_->compose(*route);
}

void Router::set_gate(std::function<Result<>(Request&)> gate) { state_->gate = std::move(gate); }

void Router::set_finisher(std::function<void(const Request&, Response&)> finisher) {
  state_->finisher = std::move(finisher);
}

void Router::finish(const Request& request, Response& response) const {
  for (const auto& [name, value] : request.response_fields) response.set(name, value);
  if (state_->finisher) state_->finisher(request, response);
}

void Router::set_error_writer(std::string_view prefix, ErrorWriter writer) {
  auto& writers = state_->error_writers;
  std::erase_if(writers, [prefix](const auto& other) { return other.first == prefix; });
  writers.emplace_back(prefix, std::move(writer));
  std::stable_sort(writers.begin(), writers.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

Router::Match Router::match(Request& request) const {
  Match match;
  if (state_->gate) {
    if (Result<> open = state_->gate(request); !open) {
      match.refusal = std::move(open).error();
      return match;
    }
  }
  Search search(request.method, request.path);
  if (const Route* route = search.find(state_->root)) {
    for (std::size_t i = 0; i < route->parameters.size(); ++i)
      request.parameters.insert_or_assign(route->parameters[i], std::move(search.values()[i]));
    request.route = route->pattern;
    match.handler = &route->composed;
    match.pattern = route->pattern;
    match.options = route->options;
    return match;
  }
  match.allowed = methods_of(search.allowed());
  const std::string_view path = request.path;
  if (match.allowed.empty() && path.size() > 1 && path.back() == '/' && path[1] != '/') {
    const std::string_view without = path.substr(0, path.size() - 1);
    Search again(request.method, without);
    if (again.find(state_->root) != nullptr || !methods_of(again.allowed()).empty()) match.redirect = without;
  }
  return match;
}

Response Router::write_error(const Request& request, const Error& error) const {
  for (const auto& [prefix, writer] : state_->error_writers)
    if (request.path.starts_with(prefix)) return writer(request, error);
  return plain_error(request, error);
}

}  // namespace vat::http
