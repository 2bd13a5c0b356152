// Errors, dtypes, and how exceptions travel through the C interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../gradtape.h"

namespace gradtape {

/// The version of the library that is running, "1.2.3".
inline std::string version() { return gt_version(); }
/// The ABI number of the library that is running. A program can use the library where this is the GT_ABI_VERSION of the
/// header that it was built with.
inline std::int32_t abi_version() noexcept { return gt_abi_version(); }

/// A status of a C function, with the context's message. GT_OUT_OF_MEMORY arrives as OutOfMemory, and an exception of a
/// callback as it was thrown.
class Error : public std::runtime_error {
 public:
  Error(gt_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
  gt_status status() const noexcept { return status_; }

 private:
  gt_status status_;
};

/// A std::bad_alloc that says which op wanted how much.
class OutOfMemory : public std::bad_alloc {
 public:
  explicit OutOfMemory(std::string message) : message_(std::make_shared<const std::string>(std::move(message))) {}
  const char* what() const noexcept override { return message_->c_str(); }

 private:
  std::shared_ptr<const std::string> message_;  // copies of exceptions must not throw
};

enum class Dtype : gt_dtype {
  bool_ = GT_BOOL,
  int32 = GT_INT32,
  int64 = GT_INT64,
  float32 = GT_FLOAT32,
  float64 = GT_FLOAT64
};

inline const char* name_of(Dtype dtype) noexcept {
  constexpr const char* names[] = {"?", "bool", "int32", "int64", "float32", "float64"};
  const auto d = static_cast<gt_dtype>(dtype);
  return names[d >= GT_BOOL && d <= GT_FLOAT64 ? d : 0];
}

namespace detail {
template <class T>
constexpr gt_dtype dtype_number() {
  if constexpr (std::is_same_v<T, float>)
    return GT_FLOAT32;
  else if constexpr (std::is_same_v<T, double>)
    return GT_FLOAT64;
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t>)
    return GT_BOOL;  // in memory a bool is one byte, 0 or 1
  else if constexpr (std::is_integral_v<T> && std::is_signed_v<T> && sizeof(T) == 4)
    return GT_INT32;
  else if constexpr (std::is_integral_v<T> && std::is_signed_v<T> && sizeof(T) == 8)
    return GT_INT64;
  else
    return 0;
}
template <class T>
inline constexpr bool is_element = dtype_number<std::remove_cv_t<T>>() != 0;
}  // namespace detail

/// The Dtype of a C++ type: float, double, signed integers of 4 or 8 bytes, bool (or uint8_t, a bool in memory).
template <class T>
constexpr Dtype dtype_of() {
  static_assert(detail::is_element<T>, "tensors hold float, double, int32_t, int64_t or bool");
  return static_cast<Dtype>(detail::dtype_number<T>());
}

/// Sizes of axes, and lists of integers.
using Ints = std::vector<std::int64_t>;
using Shape = Ints;

namespace detail {
// The exception of a callback, until the call that ran it reports the failure. A call that succeeds leaves none behind:
// then the library went another way.
struct Thrown {
  std::exception_ptr exception;
  gt_status status = GT_OK;
};
inline thread_local bool has_thrown = false;  // quicker to ask than `thrown`
inline Thrown& thrown() {
  static thread_local Thrown t;
  return t;
}
inline void forget_thrown() noexcept {
  if (!has_thrown) return;
  has_thrown = false;
  thrown() = {};
}

inline constexpr const char* kEmpty =
    "is an empty Tensor: default-constructed, moved from, or the gradient of a source that is not connected (was the "
    "source watched before the ops that use it?)";

inline std::string take_message(gt_context ctx, gt_status& status) {
  std::size_t needed = 0;
  gt_take_error(ctx, nullptr, 0, &needed);
  std::string message(needed, '\0');
  const gt_status kept = gt_take_error(ctx, message.data(), message.size(), nullptr);
  while (!message.empty() && message.back() == '\0') message.pop_back();
  if (kept != GT_OK) status = kept;
  return message;
}

// Throws the exception of a callback inside the call, or else the context's first error, or one of the given status.
[[noreturn]] inline void throw_error(gt_context ctx, gt_status status) {
  std::string message = take_message(ctx, status);
  if (has_thrown) {
    const Thrown t = thrown();
    forget_thrown();
    if (t.status == status) std::rethrow_exception(t.exception);
  }
  if (status == GT_OUT_OF_MEMORY) throw OutOfMemory(message.empty() ? "out of memory" : std::move(message));
  if (message.empty()) message = ctx ? gt_status_name(status) : std::string("an operand ") + kEmpty;
  throw Error(status, message);
}
inline void check(gt_context ctx, gt_status status) {
  if (status != GT_OK) throw_error(ctx, status);
  forget_thrown();
}
// The same for functions that return an object, NULL on failure.
template <class Handle>
Handle made(gt_context ctx, Handle handle) {
  if (!handle) throw_error(ctx, GT_INVALID_HANDLE);
  forget_thrown();
  return handle;
}

inline gt_status note_thrown(gt_context ctx, gt_status status, const char* message) noexcept {
  if (ctx) gt_set_error(ctx, status, message);
  thrown() = {std::current_exception(), status};
  has_thrown = true;
  return status;
}
// A lambda behind a C callback: its exception is kept for the call that runs it, and becomes a status for the library.
template <class F>
gt_status protect(gt_context ctx, F&& f) noexcept {
  try {
    f();
    return GT_OK;
  } catch (const Error& e) {
    return note_thrown(ctx, e.status() == GT_OK ? GT_CALLBACK_FAILED : e.status(), e.what());
  } catch (const std::bad_alloc& e) {
    return note_thrown(ctx, GT_OUT_OF_MEMORY, e.what());
  } catch (const std::exception& e) {
    return note_thrown(ctx, GT_CALLBACK_FAILED, e.what());
  } catch (...) {
    return note_thrown(ctx, GT_CALLBACK_FAILED, "a callback threw what is no std::exception");
  }
}

// The answer of a function that may stop a call: true, or an exception, which then comes out of that call.
template <class F>
std::int32_t stops(F&& f) noexcept {
  bool stop = true;
  if (protect(nullptr, [&] { stop = f(); }) != GT_OK) thrown().status = GT_CANCELLED;  // as the library reports it
  return stop;
}

// Strings of the C interface: f(text, capacity, &needed), which is called again only where the text is a long one.
template <class F>
gt_status read_text(std::string& text, F&& f) {
  std::size_t needed = 0;
  text.resize(4096);
  gt_status status = f(text.data(), text.size(), &needed);
  if (needed > text.size()) {
    text.resize(needed);
    status = f(text.data(), text.size(), &needed);
  }
  text.resize(needed == 0 ? 0 : (needed < text.size() ? needed : text.size()) - 1);
  return status;
}
template <class F>
std::string text_of(gt_context ctx, F&& f) {
  std::string text;
  check(ctx, read_text(text, f));
  return text;
}
}  // namespace detail

}  // namespace gradtape
