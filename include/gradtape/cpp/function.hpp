// Functions: a lambda recorded once, replayed with other inputs.
#pragma once

#include "custom.hpp"

namespace gradtape {

/// The outputs of a Function: a vector of tensors, and where it is one, that tensor.
class Results : public std::vector<Tensor> {
 public:
  explicit Results(std::vector<Tensor> all) : std::vector<Tensor>(std::move(all)) {}
  operator Tensor() const {  // NOLINT: stands for it
    if (size() != 1)
      throw Error(GT_INVALID_ARGUMENT, "the function has " + std::to_string(size()) + " outputs, not one");
    return front();
  }
};

namespace detail {
template <>
struct from_list<Results> {
  static Results make(std::vector<Tensor> list) { return Results(std::move(list)); }
};

// Memory of elements that a Function reads or writes: where, how many, of what dtype.
template <class Pointer>
struct Memory {
  static constexpr bool kRead = std::is_const_v<std::remove_pointer_t<Pointer>>;
  Pointer data;
  std::size_t count;  // kUnknown: a pointer alone was given
  gt_dtype dtype;
  static constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);

  template <class T>
  using Elements = std::enable_if_t<is_element<T> && (kRead || !std::is_const_v<T>), int>;
  template <class P, class T = std::remove_pointer_t<P>, Elements<T> = 0,
            std::enable_if_t<std::is_pointer_v<P>, int> = 0>
  Memory(const P& first) : data(first), count(kUnknown), dtype(dtype_number<std::remove_cv_t<T>>()) {}  // NOLINT
  template <class T, std::size_t N, Elements<T> = 0>
  Memory(T (&array)[N]) : data(array), count(N), dtype(dtype_number<std::remove_cv_t<T>>()) {}  // NOLINT
  template <class Range, class T = std::remove_pointer_t<decltype(std::data(std::declval<Range&>()))>, Elements<T> = 0,
            std::enable_if_t<!std::is_array_v<Range>, int> = 0>
  Memory(Range& range)  // NOLINT
      : data(std::data(range)), count(std::size(range)), dtype(dtype_number<std::remove_cv_t<T>>()) {}
  template <class Range, class T = std::remove_pointer_t<decltype(std::data(std::declval<Range&>()))>, Elements<T> = 0,
            std::enable_if_t<!std::is_array_v<Range>, int> = 0>
  Memory(Range&& range)  // NOLINT: a span or a view that is made in place
      : data(std::data(range)), count(std::size(range)), dtype(dtype_number<std::remove_cv_t<T>>()) {}
};
using Source = Memory<const void*>;
using Sink = Memory<void*>;

inline std::string to_text(const Spec& s) {
  std::string text;
  for (std::int64_t d : s.shape) text += (text.empty() ? "" : ", ") + std::to_string(d);
  return std::string(name_of(s.dtype)) + "[" + text + "]";
}
// -1: of any size.
inline std::int64_t elements_of(const Spec& s) {
  std::int64_t n = 1;
  for (std::int64_t d : s.shape) {
    if (d < 0) return -1;
    n *= d;
  }
  return n;
}
template <class Pointer>
void check_memory(const Memory<Pointer>& m, const Spec& spec, const char* what, std::size_t i) {
  const std::int64_t n = elements_of(spec);
  const bool fits = m.count == Memory<Pointer>::kUnknown || n < 0 || m.count == static_cast<std::size_t>(n);
  if (m.dtype == static_cast<gt_dtype>(spec.dtype) && fits) return;
  throw Error(GT_INVALID_ARGUMENT,
              std::string("Function::run: ") + what + " " + std::to_string(i) + " is " + to_text(spec) + ", got " +
                  (m.count == Memory<Pointer>::kUnknown ? "" : std::to_string(m.count) + " elements of ") +
                  name_of(static_cast<Dtype>(m.dtype)));
}

inline std::size_t bytes_of(const Spec& s) {
  const std::size_t width = s.dtype == Dtype::bool_ ? 1 : s.dtype == Dtype::int32 || s.dtype == Dtype::float32 ? 4 : 8;
  return static_cast<std::size_t>(elements_of(s)) * width;
}

inline Spec from_c(const gt_spec& s) { return {static_cast<Dtype>(s.dtype), Shape(s.dims, s.dims + s.rank)}; }
inline gt_spec to_c(const Spec& s) {
  if (s.shape.size() > GT_MAX_RANK) throw Error(GT_INVALID_ARGUMENT, "a spec has too many axes: " + to_text(s));
  gt_spec spec{static_cast<gt_dtype>(s.dtype), static_cast<std::int32_t>(s.shape.size()), {}};
  std::copy(s.shape.begin(), s.shape.end(), spec.dims);
  return spec;
}
}  // namespace detail

/// A function recorded once and replayed with other inputs. See gt_function_create. The body is a lambda of Tensors, or
/// of a vector of them, and returns a Tensor, a tuple, an array, a vector or nothing. Moved-from it may only be
/// destroyed or assigned to.
class Function {
 public:
  template <class Body>
  Function(const Context& ctx, std::vector<Spec> inputs, Body body) : ctx_(ctx.get()), inputs_(std::move(inputs)) {
    const auto functions = std::make_shared<detail::CustomFunctions>(
        detail::CustomFunctions{detail::body_of(std::move(body), "Function"), nullptr});
    std::vector<gt_spec> specs;
    for (const Spec& s : inputs_) specs.push_back(detail::to_c(s));
    handle_ = detail::made(ctx_, gt_function_create(ctx_, detail::call_shared_forward,
                                                    new std::shared_ptr<detail::CustomFunctions>(functions),
                                                    detail::free_functions, specs.data(), specs.size()));
  }
  Function(gt_context ctx, gt_function handle, std::vector<Spec> inputs)  ///< takes over a handle
      : ctx_(ctx), handle_(handle), inputs_(std::move(inputs)) {}
  Function(Function&& other) noexcept
      : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)), inputs_(std::move(other.inputs_)) {}
  Function& operator=(Function&& other) noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
    std::swap(inputs_, other.inputs_);
    return *this;
  }
  ~Function() {
    if (handle_) gt_release(ctx_, handle_);
  }
  gt_function get() const noexcept { return handle_; }

  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) const {
    const auto in = detail::handles(inputs);
    constexpr std::size_t most = 256;  // outputs of a function
    gt_tensor out[most];
    std::size_t n = 0;
    detail::check(ctx_, gt_function_call(ctx_, handle_, in.data(), in.size(), out, most, &n));
    return detail::wrap_all(ctx_, out, n);
  }
  /// Each argument is a Tensor, a number, or elements in a row: a vector, an array, a std::span.
  template <class... Arguments>
  Results operator()(const Arguments&... arguments) const {
    if (sizeof...(arguments) != inputs_.size())
      detail::wrong_count("Function", sizeof...(arguments), "and takes " + std::to_string(inputs_.size()));
    std::size_t i = 0;
    std::vector<Tensor> in;
    (in.push_back(argument(arguments, i++)), ...);
    return Results((*this)(in));
  }

  /// From and to row-major memory: f.run({x, y}, {result}) with vectors, arrays, spans, or pointers to elements. Dtypes
  /// are checked, and sizes too, but for pointers. Outputs must not overlap anything. See gt_function_run_sized.
  void run(const std::vector<detail::Source>& inputs, const std::vector<detail::Sink>& outputs) const;

  /// Compiles all loops to native code now; runs never compile. See gt_function_compile.
  void compile() const { detail::check(ctx_, gt_function_compile(ctx_, handle_)); }

  std::string describe(std::int32_t format = GT_PLAN_TEXT) const {
    return detail::text_of(ctx_, [&](char* text, std::size_t capacity, std::size_t* needed) {
      return gt_function_describe(ctx_, handle_, format, text, capacity, needed);
    });
  }

 private:
  template <class T>
  Tensor argument(const T& given, std::size_t i) const {
    if constexpr (std::is_convertible_v<const T&, Tensor>) {
      return given;
    } else if constexpr (std::is_arithmetic_v<T>) {
      return detail::Call("cast").in(Operand(given).number(ctx_)).with("dtype", inputs_[i].dtype).one();
    } else {
      using E = detail::element_of<T>;
      const Spec spec = sized(inputs_[i], std::size(given));
      detail::check_memory(detail::Source(given), spec, "input", i);
      return Tensor(ctx_, detail::made(ctx_, gt_tensor_create(ctx_, static_cast<gt_dtype>(spec.dtype),
                                                              spec.shape.data(), spec.shape.size(), std::data(given),
                                                              std::size(given) * sizeof(E))));
    }
  }
  // With one size open, that of so many elements.
  static Spec sized(Spec spec, std::size_t count) {
    const auto open = std::count(spec.shape.begin(), spec.shape.end(), -1);
    if (open > 1)
      throw Error(GT_INVALID_ARGUMENT,
                  "Function: elements in a row do not say the sizes of " + detail::to_text(spec) + "; give a Tensor");
    std::int64_t others = 1;
    for (std::int64_t d : spec.shape) others *= d == -1 ? 1 : d;
    if (open == 1 && others > 0 && static_cast<std::int64_t>(count) % others == 0)
      std::replace(spec.shape.begin(), spec.shape.end(), std::int64_t{-1}, static_cast<std::int64_t>(count) / others);
    return spec;
  }

  gt_context ctx_;
  gt_function handle_ = nullptr;
  std::vector<Spec> inputs_;
};

inline void Function::run(const std::vector<detail::Source>& inputs, const std::vector<detail::Sink>& outputs) const {
  if (inputs.size() != inputs_.size())
    detail::wrong_count("Function::run", inputs.size(), "and takes " + std::to_string(inputs_.size()));
  std::vector<gt_spec> in_specs;
  std::vector<const void*> in;
  std::vector<std::size_t> in_bytes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool counted = inputs[i].count != detail::Source::kUnknown;
    const Spec spec = counted ? sized(inputs_[i], inputs[i].count) : inputs_[i];
    if (detail::elements_of(spec) < 0)
      throw Error(GT_INVALID_ARGUMENT, "Function::run: input " + std::to_string(i) + " is " + detail::to_text(spec) +
                                           ", and a pointer alone does not say its size; give a vector or a span");
    detail::check_memory(inputs[i], spec, "input", i);
    in_specs.push_back(detail::to_c(spec));
    in.push_back(inputs[i].data);
    in_bytes.push_back(detail::bytes_of(spec));
  }
  std::vector<gt_spec> out_specs(outputs.size());
  std::size_t n = 0;
  detail::check(ctx_, gt_function_output_specs(ctx_, handle_, in_specs.data(), in_specs.size(), out_specs.data(),
                                               out_specs.size(), &n));
  if (n != outputs.size())
    throw Error(GT_INVALID_ARGUMENT, "Function::run: the function has " + std::to_string(n) +
                                         " outputs, got memory for " + std::to_string(outputs.size()));
  std::vector<void*> out;
  std::vector<std::size_t> out_bytes;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Spec spec = detail::from_c(out_specs[i]);
    detail::check_memory(outputs[i], spec, "output", i);
    out.push_back(outputs[i].data);
    out_bytes.push_back(detail::bytes_of(spec));
  }
  detail::check(ctx_, gt_function_run_sized(ctx_, handle_, in_specs.data(), in.data(), in_bytes.data(), in.size(),
                                            out_specs.data(), out.data(), out_bytes.data(), out.size()));
}

/// A Function that gives what its lambda returns: auto [a, b] = f(x, y).
template <class R>
class TypedFunction : public Function {
 public:
  using Function::Function;
  explicit TypedFunction(Function&& function) : Function(std::move(function)) {}
  R operator()(const std::vector<Tensor>& inputs) const {
    return detail::from_list<R>::make(Function::operator()(inputs));
  }
  template <class... Arguments>
  R operator()(const Arguments&... arguments) const {
    return detail::from_list<R>::make(Function::operator()(arguments...));
  }
};
template <class Body>
TypedFunction<detail::result_of<Body>> function(const Context& ctx, std::vector<Spec> inputs, Body body) {
  return {ctx, std::move(inputs), std::move(body)};
}

}  // namespace gradtape
