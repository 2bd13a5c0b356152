// Errors inside the library: one exception type that carries a status code of the C interface.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <exception>
#include <string>

namespace gradtape::core {

// The numbers are those of gt_status; a test holds the two together.
enum class Status : int32_t {
  ok = 0,
  invalid_argument = 1,
  not_found = 2,
  failed_precondition = 3,
  out_of_memory = 4,
  invalid_handle = 5,
  unsupported = 6,
  busy = 7,
  callback_failed = 8,
  io = 9,
  internal = 10,
  already_exists = 11,
  cancelled = 12,
};

class Error : public std::exception {
 public:
  Error(Status code, std::string message) : code_(code), message_(std::move(message)) {}
  Status code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  Status code_;
  std::string message_;
};

// Out of line: formatting is compiled once, not for each message.
[[noreturn]] void throw_error(Status code, fmt::string_view format, fmt::format_args args);

template <class... Args>
[[noreturn]] void fail(Status code, fmt::format_string<Args...> format, Args&&... args) {
  throw_error(code, format, fmt::make_format_args(args...));
}

template <class... Args>
[[noreturn]] void invalid(fmt::format_string<Args...> format, Args&&... args) {
  throw_error(Status::invalid_argument, format, fmt::make_format_args(args...));
}

}  // namespace gradtape::core
