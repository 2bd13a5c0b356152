// gradtape in C++: RAII over the C interface, header-only. Handles release themselves, errors are exceptions, lambdas
// serve as callbacks.
//
//     gradtape::Context ctx;
//     gradtape::Tensor x = ctx.scalar(3.0);
//     gradtape::Tape tape(ctx);
//     tape.watch(x);
//     gradtape::Tensor y = x * x;
//     double dy_dx = tape.gradient(y, x).item();   // 6
//
// What a function computes, its shapes and its errors are those of the C function of the same name in gradtape.h. A
// Context must outlive the objects made from it, and is used by one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gradtape.h"

namespace gradtape {

/// What a C function reports as a status, with the context's message.
class Error : public std::runtime_error {
 public:
  Error(gt_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
  gt_status status() const noexcept { return status_; }

 private:
  gt_status status_;
};

enum class Dtype : gt_dtype {
  bool_ = GT_BOOL,
  int32 = GT_INT32,
  int64 = GT_INT64,
  float32 = GT_FLOAT32,
  float64 = GT_FLOAT64
};

/// The Dtype of a C++ type: float, double, int32_t, int64_t or bool.
template <class T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, float>)
    return Dtype::float32;
  else if constexpr (std::is_same_v<T, double>)
    return Dtype::float64;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return Dtype::int32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return Dtype::int64;
  else {
    static_assert(std::is_same_v<T, bool>, "tensors hold float, double, int32_t, int64_t or bool");
    return Dtype::bool_;
  }
}

/// Sizes of axes, and lists of integers as attributes.
using Ints = std::vector<std::int64_t>;
using Shape = Ints;

/// An attribute that is a name or a list of integers: padding is "SAME", "VALID" or amounts before and after each axis.
struct NameOrInts {
  const char* name;  ///< null: the list counts
  Ints list;
  NameOrInts(const char* text) : name(text) {}                             // NOLINT: stands for either
  NameOrInts(Ints integers) : name(nullptr), list(std::move(integers)) {}  // NOLINT
};

class Tensor;
class Tape;

namespace detail {
// Throws the context's first error, or one of the given status where it has none.
[[noreturn]] inline void throw_error(gt_context ctx, gt_status status) {
  std::size_t needed = 0;
  gt_take_error(ctx, nullptr, 0, &needed);
  std::string message(needed, '\0');
  const gt_status kept = gt_take_error(ctx, message.data(), message.size(), nullptr);
  while (!message.empty() && message.back() == '\0') message.pop_back();
  if (kept == GT_OUT_OF_MEMORY) throw std::bad_alloc();
  throw Error(kept != GT_OK ? kept : status, message.empty() ? gt_status_name(status) : message);
}
inline void check(gt_context ctx, gt_status status) {
  if (status != GT_OK) throw_error(ctx, status);
}
inline const std::int64_t* data(const Ints& list) {
  static const std::int64_t none = 0;  // an empty list is a list, not an attribute left out
  return list.empty() ? &none : list.data();
}
Tensor wrap(gt_context ctx, gt_tensor handle);
}  // namespace detail

/// A tensor or a variable: a reference to an immutable value. Copies share it.
class Tensor {
 public:
  Tensor() = default;  ///< no tensor: the gradient of what is not connected
  Tensor(gt_context ctx, gt_tensor handle) : ctx_(ctx), handle_(handle) {}  ///< takes over a handle
  Tensor(const Tensor& other)
      : ctx_(other.ctx_), handle_(other.handle_ ? gt_tensor_duplicate(other.ctx_, other.handle_) : nullptr) {
    if (other.handle_ && !handle_) detail::throw_error(ctx_, GT_INVALID_HANDLE);
  }
  Tensor(Tensor&& other) noexcept : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Tensor() {
    if (handle_) gt_release(ctx_, handle_);
  }

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  gt_tensor get() const noexcept { return handle_; }
  gt_tensor release() noexcept { return std::exchange(handle_, nullptr); }  ///< gives the handle away
  gt_context context() const noexcept { return ctx_; }

  Shape shape() const {
    std::size_t rank = 0;
    detail::check(ctx_, gt_tensor_shape(ctx_, handle_, nullptr, 0, &rank));
    Shape dims(rank);
    detail::check(ctx_, gt_tensor_shape(ctx_, handle_, dims.data(), rank, &rank));
    return dims;
  }
  std::size_t size() const {
    std::size_t n = 1;
    for (std::int64_t d : shape()) n *= static_cast<std::size_t>(d);
    return n;
  }
  Dtype dtype() const {
    gt_dtype d = 0;
    detail::check(ctx_, gt_tensor_dtype(ctx_, handle_, &d));
    return static_cast<Dtype>(d);
  }
  void read(void* row_major, std::size_t bytes) const {
    detail::check(ctx_, gt_tensor_read(ctx_, handle_, row_major, bytes));
  }
  /// The elements, row by row. T must be the tensor's type (float also serves a scalar without a dtype).
  template <class T>
  std::vector<T> to_vector() const {
    static_assert(!std::is_same_v<T, bool>, "read bools as std::uint8_t");
    std::vector<T> values(size());
    read(values.data(), values.size() * sizeof(T));
    return values;
  }
  /// The one element of a floating tensor.
  double item() const {
    if (dtype() == Dtype::float32) {
      float value = 0;
      read(&value, sizeof value);
      return static_cast<double>(value);
    }
    double value = 0;
    read(&value, sizeof value);
    return value;
  }
  std::string describe() const {
    std::size_t needed = 0;
    detail::check(ctx_, gt_tensor_describe(ctx_, handle_, nullptr, 0, &needed));
    std::string text(needed, '\0');
    detail::check(ctx_, gt_tensor_describe(ctx_, handle_, text.data(), text.size(), nullptr));
    text.pop_back();
    return text;
  }

 private:
  gt_context ctx_ = nullptr;
  gt_tensor handle_ = nullptr;
};

/// A variable: assigned anew, and watched by tapes that record while it is read.
class Variable : public Tensor {
 public:
  explicit Variable(const Tensor& initial) : Tensor(initial.context(), gt_variable(initial.context(), initial.get())) {
    if (!get()) detail::throw_error(context(), GT_INVALID_HANDLE);
  }
  void assign(const Tensor& value) { detail::check(context(), gt_assign(context(), get(), value.get())); }
  Variable& operator+=(const Tensor& value) {
    detail::check(context(), gt_assign_add(context(), get(), value.get()));
    return *this;
  }
  Variable& operator-=(const Tensor& value) {
    detail::check(context(), gt_assign_sub(context(), get(), value.get()));
    return *this;
  }
  void set_trainable(bool trainable) {
    detail::check(context(), gt_variable_set_trainable(context(), get(), trainable));
  }
};

namespace detail {
inline Tensor wrap(gt_context ctx, gt_tensor handle) {
  if (!handle) throw_error(ctx, GT_INVALID_HANDLE);
  return Tensor(ctx, handle);
}
inline gt_context context_of(const std::vector<Tensor>& tensors) {
  return tensors.empty() ? nullptr : tensors.front().context();
}
inline std::vector<gt_tensor> handles(const std::vector<Tensor>& tensors) {
  std::vector<gt_tensor> result;
  for (const Tensor& t : tensors) result.push_back(t.get());
  return result;
}
inline std::vector<Tensor> wrap_all(gt_context ctx, const gt_tensor* handles, std::size_t n) {
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < n; ++i) result.emplace_back(ctx, handles[i]);
  return result;
}
// Calls f(out, capacity, &n) for an op of up to 64 outputs.
template <class F>
std::vector<Tensor> outputs(gt_context ctx, F&& f) {
  gt_tensor out[64];
  std::size_t n = 0;
  check(ctx, f(out, std::size_t{64}, &n));
  return wrap_all(ctx, out, n);
}

// A lambda behind a C callback: what it throws becomes a status.
template <class F>
gt_status protect(F&& f) noexcept {
  try {
    f();
    return GT_OK;
  } catch (const Error& e) {
    return e.status() == GT_OK ? GT_CALLBACK_FAILED : e.status();
  } catch (const std::bad_alloc&) {
    return GT_OUT_OF_MEMORY;
  } catch (...) {
    return GT_CALLBACK_FAILED;
  }
}
// Copies of lent handles: they are the library's again after the call.
inline std::vector<Tensor> borrow(gt_context ctx, const gt_tensor* handles, std::size_t n) {
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < n; ++i) result.push_back(wrap(ctx, gt_tensor_duplicate(ctx, handles[i])));
  return result;
}
}  // namespace detail

/// All state of a computation. See gt_context.
class Context {
 public:
  Context() {
    if (const gt_status s = gt_context_create(&ctx_); s != GT_OK) throw Error(s, "gt_context_create failed");
  }
  ~Context() { gt_context_destroy(ctx_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  gt_context get() const noexcept { return ctx_; }

  /// A tensor with a copy of the values, row by row.
  template <class T>
  Tensor tensor(const Shape& shape, const std::vector<T>& values) const {
    return tensor(dtype_of<T>(), shape, values.data(), values.size() * sizeof(T));
  }
  Tensor tensor(Dtype dtype, const Shape& shape, const void* row_major, std::size_t bytes) const {
    return detail::wrap(
        ctx_, gt_tensor_create(ctx_, static_cast<gt_dtype>(dtype), shape.data(), shape.size(), row_major, bytes));
  }
  /// Rank 0, of the dtype of what it meets.
  Tensor scalar(double value) const { return detail::wrap(ctx_, gt_scalar(ctx_, value)); }
  void set_threads(int threads) const { detail::check(ctx_, gt_set_threads(ctx_, threads)); }
  void seed(std::uint64_t key) const { detail::check(ctx_, gt_random_seed(ctx_, key)); }
  void eval(const std::vector<Tensor>& tensors) const {
    const auto handles = detail::handles(tensors);
    detail::check(ctx_, gt_eval(ctx_, handles.data(), handles.size()));
  }
  /// Any op by its name.
  std::vector<Tensor> apply(const char* op, const std::vector<Tensor>& inputs,
                            const std::vector<gt_attr>& attrs = {}) const {
    const auto handles = detail::handles(inputs);
    return detail::outputs(ctx_, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
      return gt_apply(ctx_, op, handles.data(), handles.size(), attrs.data(), attrs.size(), out, capacity, n);
    });
  }

 private:
  gt_context ctx_ = nullptr;
};

struct JacobianOptions {
  bool zero_unconnected = false;
  std::int32_t mode = GT_MODE_AUTO;
  std::uint64_t memory_budget = 0;
  std::int32_t batch_dependence = GT_BATCH_INDEPENDENT;
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;  ///< false: stop

  gt_jacobian_options c() const {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.unconnected = zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL;
    o.mode = mode;
    o.memory_budget = memory_budget;
    o.batch_dependence = batch_dependence;
    if (progress) {
      o.progress = [](void* f, std::uint64_t done, std::uint64_t total) -> std::int32_t {
        bool go_on = false;
        const gt_status s = detail::protect(
            [&] { go_on = (*static_cast<const std::function<bool(std::uint64_t, std::uint64_t)>*>(f))(done, total); });
        return s != GT_OK || !go_on;
      };
      o.progress_data = const_cast<void*>(static_cast<const void*>(&progress));
    }
    return o;
  }
};

/// Records from its construction on. See gt_tape_begin.
class Tape {
 public:
  explicit Tape(const Context& ctx, std::uint32_t flags = 0) : ctx_(ctx.get()), handle_(gt_tape_begin(ctx_, flags)) {
    if (!handle_) detail::throw_error(ctx_, GT_INVALID_HANDLE);
  }
  ~Tape() {
    if (handle_) gt_release(ctx_, handle_);
  }
  Tape(Tape&& other) noexcept : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)) {}
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  gt_tape get() const noexcept { return handle_; }
  void watch(const Tensor& t) { detail::check(ctx_, gt_tape_watch(ctx_, handle_, t.get())); }
  void end() { detail::check(ctx_, gt_tape_end(ctx_, handle_)); }
  void reset() { detail::check(ctx_, gt_tape_reset(ctx_, handle_)); }
  void stop_recording() { detail::check(ctx_, gt_tape_stop_recording(ctx_, handle_)); }
  void resume_recording() { detail::check(ctx_, gt_tape_resume_recording(ctx_, handle_)); }

  /// Pauses the tape for the length of a block.
  class Pause {
   public:
    explicit Pause(Tape& tape) : tape_(tape) { tape_.stop_recording(); }
    ~Pause() { gt_tape_resume_recording(tape_.ctx_, tape_.handle_); }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Tape& tape_;
  };

  /// Gradients of the sum of the targets; an empty Tensor where a source is not connected.
  std::vector<Tensor> gradient(const std::vector<Tensor>& targets, const std::vector<Tensor>& sources,
                               const std::vector<Tensor>& output_gradients = {}, bool zero_unconnected = false) {
    const auto to = detail::handles(targets), by = detail::handles(sources),
               weights = detail::handles(output_gradients);
    if (!weights.empty() && weights.size() != to.size())
      throw Error(GT_INVALID_ARGUMENT, "gradient: " + std::to_string(to.size()) + " targets and " +
                                           std::to_string(weights.size()) + " output gradients");
    std::vector<gt_tensor> out(by.size());
    detail::check(ctx_, gt_tape_gradient(ctx_, handle_, to.data(), to.size(), by.data(), by.size(),
                                         weights.empty() ? nullptr : weights.data(),
                                         zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor gradient(const Tensor& target, const Tensor& source) {
    return gradient(std::vector<Tensor>{target}, std::vector<Tensor>{source})[0];
  }
  std::vector<Tensor> gradient(const Tensor& target, const std::vector<Tensor>& sources) {
    return gradient(std::vector<Tensor>{target}, sources);
  }

  std::vector<Tensor> jvp(const std::vector<Tensor>& targets, const std::vector<Tensor>& sources,
                          const std::vector<Tensor>& tangents, bool zero_unconnected = false) {
    const auto to = detail::handles(targets), by = detail::handles(sources), along = detail::handles(tangents);
    if (along.size() != by.size())
      throw Error(GT_INVALID_ARGUMENT,
                  "jvp: " + std::to_string(by.size()) + " sources and " + std::to_string(along.size()) + " tangents");
    std::vector<gt_tensor> out(to.size());
    detail::check(ctx_, gt_tape_jvp(ctx_, handle_, to.data(), to.size(), by.data(), by.size(), along.data(),
                                    zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  std::vector<Tensor> jacobian(const Tensor& target, const std::vector<Tensor>& sources,
                               const JacobianOptions& options = {}) {
    const auto by = detail::handles(sources);
    std::vector<gt_tensor> out(by.size());
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_jacobian(ctx_, handle_, target.get(), by.data(), by.size(), &o, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor jacobian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    return jacobian(target, std::vector<Tensor>{source}, options)[0];
  }
  Tensor batch_jacobian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    gt_tensor out = nullptr;
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_batch_jacobian(ctx_, handle_, target.get(), source.get(), &o, &out));
    return Tensor(ctx_, out);
  }
  std::vector<Tensor> watched_variables() const {
    std::size_t n = 0;
    detail::check(ctx_, gt_tape_watched_variables(ctx_, handle_, nullptr, 0, &n));
    std::vector<gt_tensor> out(n);
    detail::check(ctx_, gt_tape_watched_variables(ctx_, handle_, out.data(), n, &n));
    return detail::wrap_all(ctx_, out.data(), n);
  }

 private:
  gt_context ctx_;
  gt_tape handle_;
};

/// What a gradient function of one's own is told: one application of an op.
struct Application {
  std::string op;
  std::vector<Tensor> inputs, outputs;
};
using Forward = std::function<std::vector<Tensor>(const std::vector<Tensor>& inputs)>;
/// Returns one gradient per input; an empty Tensor: none.
using Backward = std::function<std::vector<Tensor>(const Application&, const std::vector<Tensor>& output_gradients)>;

namespace detail {
struct CustomFunctions {
  Forward forward;
  Backward backward;
};
inline gt_status call_forward(gt_context ctx, void* user, const gt_tensor* inputs, std::size_t n, gt_tensor* outputs,
                              std::size_t capacity, std::size_t* n_outputs) {
  return protect([&] {
    std::vector<Tensor> results = static_cast<CustomFunctions*>(user)->forward(borrow(ctx, inputs, n));
    *n_outputs = results.size();
    for (std::size_t i = 0; i < results.size() && i < capacity; ++i) outputs[i] = results[i].release();
  });
}
inline gt_status call_backward(gt_context ctx, void* user, const gt_call* call, const gt_tensor* output_gradients,
                               gt_tensor* input_gradients) {
  return protect([&] {
    const Application a{call->op, borrow(ctx, call->inputs, call->n_inputs),
                        borrow(ctx, call->outputs, call->n_outputs)};
    std::vector<Tensor> results =
        static_cast<CustomFunctions*>(user)->backward(a, borrow(ctx, output_gradients, call->n_outputs));
    if (results.size() != call->n_inputs)
      throw Error(GT_INVALID_ARGUMENT, "a gradient function must return one gradient per input");
    for (std::size_t i = 0; i < results.size(); ++i) input_gradients[i] = results[i].release();
  });
}
}  // namespace detail

/// forward(inputs), whose gradient is what backward says. See gt_custom_gradient.
inline std::vector<Tensor> custom_gradient(const std::vector<Tensor>& inputs, Forward forward, Backward backward,
                                           const char* name = nullptr) {
  const gt_context ctx = detail::context_of(inputs);
  const auto handles = detail::handles(inputs);
  auto* functions = new detail::CustomFunctions{std::move(forward), std::move(backward)};
  const auto free = [](void* f) { delete static_cast<detail::CustomFunctions*>(f); };
  return detail::outputs(ctx, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_custom_gradient(ctx, name, detail::call_forward, detail::call_backward, functions, free, handles.data(),
                              handles.size(), out, capacity, n);
  });
}
/// The same for one input and one output.
inline Tensor custom_gradient(const Tensor& x, std::function<Tensor(const Tensor&)> forward,
                              std::function<Tensor(const Tensor& x, const Tensor& output_gradient)> backward,
                              const char* name = nullptr) {
  return custom_gradient(
      std::vector<Tensor>{x},
      [f = std::move(forward)](const std::vector<Tensor>& in) { return std::vector<Tensor>{f(in[0])}; },
      [g = std::move(backward)](const Application& a, const std::vector<Tensor>& dy) {
        return std::vector<Tensor>{g(a.inputs[0], dy[0])};
      },
      name)[0];
}

/// The dtype and shape of a function's input; a size of -1 stands for any.
struct Spec {
  Dtype dtype;
  Shape shape;
};

/// A function recorded once and replayed with other inputs. See gt_function_create.
class Function {
 public:
  Function(const Context& ctx, const std::vector<Spec>& inputs, Forward body) : ctx_(ctx.get()) {
    std::vector<gt_spec> specs;
    for (const Spec& s : inputs) {
      gt_spec spec{static_cast<gt_dtype>(s.dtype), static_cast<std::int32_t>(s.shape.size()), {}};
      if (s.shape.size() > GT_MAX_RANK) throw Error(GT_INVALID_ARGUMENT, "Function: an input has too many axes");
      for (std::size_t i = 0; i < s.shape.size(); ++i) spec.dims[i] = s.shape[i];
      specs.push_back(spec);
    }
    handle_ = gt_function_create(
        ctx_, detail::call_forward, new detail::CustomFunctions{std::move(body), nullptr},
        [](void* f) { delete static_cast<detail::CustomFunctions*>(f); }, specs.data(), specs.size());
    if (!handle_) detail::throw_error(ctx_, GT_INVALID_HANDLE);
  }
  Function(Function&& other) noexcept : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)) {}
  Function& operator=(Function&& other) noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Function() {
    if (handle_) gt_release(ctx_, handle_);
  }

  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) const {
    const auto in = detail::handles(inputs);
    return detail::outputs(ctx_, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
      return gt_function_call(ctx_, handle_, in.data(), in.size(), out, capacity, n);
    });
  }
  /// From and to row-major memory.
  void run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs) const {
    detail::check(ctx_, gt_function_run(ctx_, handle_, inputs.data(), inputs.size(), outputs.data(), outputs.size()));
  }
  gt_function get() const noexcept { return handle_; }

 private:
  gt_context ctx_;
  gt_function handle_ = nullptr;
};

/// Registers a gradient for a user's op, or a rule for apply_with_gradient, for the life of the process.
inline void register_gradient(const char* name, Backward backward) {
  auto* functions = new detail::CustomFunctions{nullptr, std::move(backward)};
  const gt_status s = gt_register_gradient(name, detail::call_backward, functions,
                                           [](void* f) { delete static_cast<detail::CustomFunctions*>(f); });
  if (s != GT_OK) throw Error(s, std::string("register_gradient(") + name + "): " + gt_status_name(s));
}
/// An op with a registered rule in place of its own gradient.
inline std::vector<Tensor> apply_with_gradient(const char* op, const char* rule, const std::vector<Tensor>& inputs,
                                               const std::vector<gt_attr>& attrs = {}) {
  const gt_context ctx = detail::context_of(inputs);
  const auto handles = detail::handles(inputs);
  return detail::outputs(ctx, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_apply_with_gradient(ctx, op, rule, handles.data(), handles.size(), attrs.data(), attrs.size(), out,
                                  capacity, n);
  });
}

}  // namespace gradtape

#include "ops.hpp"

namespace gradtape {

inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return subtract(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return multiply(a, b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return divide(a, b); }
inline Tensor operator-(const Tensor& x) { return negative(x); }

namespace detail {
inline Tensor scalar_beside(const Tensor& t, double value) { return wrap(t.context(), gt_scalar(t.context(), value)); }
}  // namespace detail
inline Tensor operator+(const Tensor& a, double b) { return a + detail::scalar_beside(a, b); }
inline Tensor operator-(const Tensor& a, double b) { return a - detail::scalar_beside(a, b); }
inline Tensor operator*(const Tensor& a, double b) { return a * detail::scalar_beside(a, b); }
inline Tensor operator/(const Tensor& a, double b) { return a / detail::scalar_beside(a, b); }
inline Tensor operator+(double a, const Tensor& b) { return detail::scalar_beside(b, a) + b; }
inline Tensor operator-(double a, const Tensor& b) { return detail::scalar_beside(b, a) - b; }
inline Tensor operator*(double a, const Tensor& b) { return detail::scalar_beside(b, a) * b; }
inline Tensor operator/(double a, const Tensor& b) { return detail::scalar_beside(b, a) / b; }

}  // namespace gradtape
