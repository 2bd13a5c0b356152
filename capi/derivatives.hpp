// Arguments and results that are common to the functions which take derivatives of tapes.
#pragma once

#include "autodiff/tape.hpp"
#include "capi/marshal.hpp"

namespace gradtape::core::capi {

Tensors read_targets(Context& c, const gt_tensor* handles, std::size_t n, const char* function);
std::vector<Source> read_sources(Context& c, const gt_tensor* handles, std::size_t n, const char* function);
// Tangents or vectors, one for each source; NULL is empty.
Tensors read_directions(Context& c, const gt_tensor* handles, std::size_t n, const char* function, const char* what);
// Whether GT_UNCONNECTED_ZERO is given; throws for a number that is none.
bool zero_unconnected(int32_t unconnected, const char* function);

// The message for a NULL in place of a derivative.
std::string null_of_source(const Tape& t, const char* function, std::size_t i, const Source& source);
std::string null_of_target(const char* function, std::size_t i, const Tensor& target);

// Gives the results out, and remembers the message of the first NULL among them (message: by index). The mistake behind
// it is often found only where the NULL comes back as an operand.
template <class Message>
void publish_derivatives(Context& c, const Tensors& results, gt_tensor* out, Message&& message) {
  std::string unconnected;
  const auto null = std::ranges::find_if(results, [](const Tensor& r) { return !r; });
  if (null != results.end()) unconnected = message(static_cast<std::size_t>(null - results.begin()));
  c.publish_all(results, out);
  if (null != results.end()) c.unconnected = std::move(unconnected);
}

// While one of these lives, derivatives are looked at and not taken. No tape notes them, and an error that a callback
// leaves, or a number that it draws, is none of the caller's.
class Looking {
 public:
  explicit Looking(Context& c) : context_(c), error_(c.error), silence_(c.recorder()), rehearsal_(c.recorder()) {}
  ~Looking() { context_.error = std::move(error_); }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  Context& context_;
  std::optional<Context::Failure> error_;
  Recorder::Silence silence_;
  Recorder::Rehearsal rehearsal_;
};

template <class Body>
gt_status with_tape(gt_context ctx, gt_tape handle, const char* function, Body&& body) {
  return guarded(ctx, [&](Context& c) {
    body(c, *c.tape(handle, fmt::format("{}: tape", function)));
    c.bound_pending();
  });
}

}  // namespace gradtape::core::capi
