// The context: it makes tensors, and has the state of all of them.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <iterator>

#include "call.hpp"

namespace gradtape {

namespace detail {
// Numbers in nested braces: {{1, 2}, {3, 4}}.
template <class T>
struct Nested {
  Shape shape;
  std::vector<T> values;
  template <class U, std::enable_if_t<std::is_arithmetic_v<U>, int> = 0>
  Nested(U number) : values(1, static_cast<T>(number)) {}  // NOLINT: stands for either
  Nested(std::initializer_list<Nested> rows) : shape(1, static_cast<std::int64_t>(rows.size())) {
    for (const Nested& row : rows) {
      if (row.shape != rows.begin()->shape)
        throw Error(GT_INVALID_ARGUMENT, "tensor: the lists in braces must have one shape at each depth");
      values.insert(values.end(), row.values.begin(), row.values.end());
    }
    if (rows.size() > 0) shape.insert(shape.end(), rows.begin()->shape.begin(), rows.begin()->shape.end());
  }
};
template <class T>
struct Given {  // the type, not to be deduced
  using type = T;
};
template <class Range>
using element_of = std::remove_cv_t<std::remove_reference_t<decltype(*std::data(std::declval<const Range&>()))>>;
template <class Range>
using if_elements = std::enable_if_t<is_element<element_of<Range>> && !std::is_same_v<Range, Tensor>, int>;
}  // namespace detail

/// The memory of a context, in bytes if nothing else is said. See gt_memory_info.
struct Memory {
  std::uint64_t live, cached, peak;  // tensors and temporaries: in use, kept for reuse, the most ever in use
  std::uint64_t limit;               // 0: none
  std::uint64_t plans, graph;        // plans of computations and functions; the recorded nodes
  std::uint64_t nodes, handles;      // how many there are
  std::uint64_t native_code;         // of these plans
};

/// All state of a computation. See gt_context. It must outlive the objects made from it, and is used by one thread at a
/// time. Moving it leaves the old one empty; objects made from it stay valid.
class Context {
 public:
  Context() {
    if (const gt_status s = gt_context_create(&ctx_); s != GT_OK)
      throw Error(s, s == GT_OUT_OF_MEMORY ? "gt_context_create: out of memory, or 1024 contexts are alive"
                                           : "gt_context_create failed");
  }
  ~Context() {
    if (ctx_) gt_context_destroy(ctx_);
  }
  Context(Context&& other) noexcept : ctx_(std::exchange(other.ctx_, nullptr)) {}
  Context& operator=(Context&& other) noexcept {
    std::swap(ctx_, other.ctx_);
    return *this;
  }
  gt_context get() const noexcept { return ctx_; }

  /// A tensor with a copy of the values, row by row.
  template <class T = double>
  Tensor tensor(const Shape& shape, const std::vector<T>& values) const {
    if constexpr (std::is_same_v<T, bool>)
      return tensor(shape, std::vector<std::uint8_t>(values.begin(), values.end()));
    else
      return tensor(dtype_of<T>(), shape, values.data(), values.size() * sizeof(T));
  }
  /// The same from an array, a std::span or whatever has data() and size().
  template <class Range, detail::if_elements<Range> = 0>
  Tensor tensor(const Shape& shape, const Range& values) const {
    using T = detail::element_of<Range>;
    return tensor(dtype_of<T>(), shape, std::data(values), std::size(values) * sizeof(T));
  }
  /// A tensor of rank 1, as long as the range.
  template <class Range, detail::if_elements<Range> = 0>
  Tensor tensor(const Range& values) const {
    return tensor(Shape{static_cast<std::int64_t>(std::size(values))}, values);
  }
  /// From nested braces: ctx.tensor({{1, 2}, {3, 4}}), ctx.tensor<float>({1, 2}).
  template <class T = double>
  Tensor tensor(std::initializer_list<typename detail::Given<detail::Nested<T>>::type> rows) const {
    const detail::Nested<T> all(rows);
    return tensor(all.shape, all.values);
  }
  Tensor tensor(Dtype dtype, const Shape& shape, const void* row_major, std::size_t bytes) const {
    return detail::wrap(
        ctx_, gt_tensor_create(ctx_, static_cast<gt_dtype>(dtype), shape.data(), shape.size(), row_major, bytes));
  }
  /// Without a copy. The values must stay as they are until `done` is called, exactly once. Without `done` they must
  /// stay as long as a result of them is pending. The tensor keeps a range that is given away (std::move).
  template <class Range, detail::if_elements<Range> = 0>
  Tensor borrow(const Shape& shape, const Range& values, std::function<void()> done = nullptr) const {
    using T = detail::element_of<Range>;
    return borrow(dtype_of<T>(), shape, std::data(values), std::size(values) * sizeof(T), std::move(done));
  }
  template <class T>
  Tensor borrow(const Shape& shape, std::vector<T>&& values) const {
    static_assert(!std::is_same_v<T, bool>, "std::vector<bool> has no bools in memory");
    auto kept = std::make_shared<std::vector<T>>(std::move(values));
    const T* data = kept->data();
    const std::size_t bytes = kept->size() * sizeof(T);
    return borrow(dtype_of<T>(), shape, data, bytes, [kept] {});
  }
  template <class T, std::size_t N>
  Tensor borrow(const Shape& shape, std::array<T, N>&& values) const = delete;  // the memory would be gone
  Tensor borrow(Dtype dtype, const Shape& shape, const void* row_major, std::size_t bytes,
                std::function<void()> done = nullptr) const {
    auto* owned = done ? new std::function<void()>(std::move(done)) : nullptr;
    const auto free = [](void* f) {
      const std::unique_ptr<std::function<void()>> call(static_cast<std::function<void()>*>(f));
      detail::protect(nullptr, *call);
      detail::forget_thrown();
    };
    return detail::wrap(ctx_, gt_tensor_borrow(ctx_, static_cast<gt_dtype>(dtype), shape.data(), shape.size(),
                                               row_major, bytes, owned ? +free : nullptr, owned));
  }
  /// Takes over a DLManagedTensor*. See gt_tensor_from_dlpack.
  Tensor from_dlpack(void* dl_managed_tensor) const {
    return detail::wrap(ctx_, gt_tensor_from_dlpack(ctx_, dl_managed_tensor));
  }
  /// Rank 0, of the dtype of what it meets.
  Tensor scalar(double value) const { return detail::wrap(ctx_, gt_scalar(ctx_, value)); }
  Tensor full(const Shape& shape, double value, Dtype dtype = Dtype::float64) const {
    const Tensor one = detail::Call("cast").in(scalar(value)).with("dtype", dtype).one();
    return detail::Call("fill").in(one).list("shape", shape).one();
  }
  Tensor zeros(const Shape& shape, Dtype dtype = Dtype::float64) const { return full(shape, 0, dtype); }
  Tensor ones(const Shape& shape, Dtype dtype = Dtype::float64) const { return full(shape, 1, dtype); }

  /// Bits. With GT_CHECK_FINITE the first op that makes a nan or an infinity is an error. With GT_CHECK_SPARSE sparse
  /// values that differ from the derivative are one. See gt_set_checks.
  void set_checks(std::uint32_t checks) const { detail::check(ctx_, gt_set_checks(ctx_, checks)); }
  void set_threads(int threads) const { detail::check(ctx_, gt_set_threads(ctx_, threads)); }
  /// Asked before the steps of computations, every 20 ms at the most: true stops the call with GT_CANCELLED, an
  /// exception comes out of it. See gt_set_interrupt. An empty function: nothing is asked.
  void set_interrupt(std::function<bool()> interrupted) const {
    using Function = std::function<bool()>;
    if (!interrupted) return detail::check(ctx_, gt_set_interrupt(ctx_, nullptr, nullptr, nullptr));
    const auto ask = [](void* f) { return detail::stops(*static_cast<Function*>(f)); };
    detail::check(ctx_, gt_set_interrupt(ctx_, ask, new Function(std::move(interrupted)),
                                         [](void* f) { delete static_cast<Function*>(f); }));
  }
  void seed(std::uint64_t key) const { detail::check(ctx_, gt_random_seed(ctx_, key)); }
  void eval(const std::vector<Tensor>& tensors) const {
    const auto handles = detail::handles(tensors);
    detail::check(ctx_, gt_eval(ctx_, handles.data(), handles.size()));
  }
  Memory memory() const {
    gt_memory_info m{};
    m.struct_size = sizeof m;
    detail::check(ctx_, gt_memory_stats(ctx_, &m));
    return {m.live, m.cached, m.peak, m.limit, m.plans, m.graph, m.nodes, m.handles, m.native_code};
  }
  void limit_memory(std::uint64_t bytes) const { detail::check(ctx_, gt_memory_limit(ctx_, bytes)); }
  void trim_memory() const { detail::check(ctx_, gt_memory_trim(ctx_)); }

  /// Any op by its name.
  std::vector<Tensor> apply(const char* op, const std::vector<Tensor>& inputs,
                            const std::vector<gt_attr>& attrs = {}) const {
    const auto handles = detail::handles(inputs);
    const auto call = [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
      return gt_apply(ctx_, op, handles.data(), handles.size(), attrs.data(), attrs.size(), out, capacity, n);
    };
    return detail::outputs(ctx_, call, [&](std::size_t* n) { return call(nullptr, 0, n); });
  }

  /// The recorded graph behind the tensors, and the plan by which they would be computed, as text or Graphviz.
  std::string graph(const std::vector<Tensor>& tensors, std::int32_t format = GT_GRAPH_TEXT) const {
    return described(gt_graph_describe, tensors, format);
  }
  std::string plan(const std::vector<Tensor>& tensors, std::int32_t format = GT_PLAN_TEXT) const {
    return described(gt_plan_describe, tensors, format);
  }

 private:
  template <class F>
  std::string described(F&& f, const std::vector<Tensor>& tensors, std::int32_t format) const {
    const auto handles = detail::handles(tensors);
    return detail::text_of(ctx_, [&](char* text, std::size_t capacity, std::size_t* needed) {
      return f(ctx_, handles.data(), handles.size(), format, text, capacity, needed);
    });
  }

  gt_context ctx_ = nullptr;
};

/// Releases at its end every tensor and tape made while it lives, but those kept. It is for handles of the C interface,
/// and for programs that keep no C++ objects. C++ objects made meanwhile that are not kept are stale afterwards.
class Scope {
 public:
  explicit Scope(const Context& ctx) : ctx_(ctx.get()) { detail::check(ctx_, gt_scope_begin(ctx_)); }
  ~Scope() {
    if (open_ && gt_scope_end(ctx_, nullptr, 0) != GT_OK) gt_take_error(ctx_, nullptr, 0, nullptr);
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  /// Ends the scope; what is kept stays valid.
  void end(const std::vector<Tensor>& keep = {}) { end_with(detail::handles(keep)); }
  void end(const Tensor& keep) { end_with({keep.get()}); }

 private:
  void end_with(const std::vector<gt_tensor>& keep) {
    detail::check(ctx_, gt_scope_end(ctx_, keep.data(), keep.size()));
    open_ = false;
  }
  gt_context ctx_;
  bool open_ = true;
};

/// A DLManagedTensor* that shares the tensor's memory; the receiver calls its deleter. See gt_tensor_to_dlpack.
inline void* to_dlpack(const Tensor& tensor) {
  void* result = nullptr;
  detail::check(tensor.context(), gt_tensor_to_dlpack(tensor.context(), tensor.get(), &result));
  return result;
}

/// The description of an op as a JSON object. See gt_op_describe.
inline std::string describe_op(const char* op) {
  std::size_t needed = 0;
  if (const gt_status s = gt_op_describe(op, nullptr, 0, &needed); s != GT_OK)
    throw Error(s, std::string("describe_op: no op is named ") + (op ? op : "NULL"));
  std::string text(needed, '\0');
  gt_op_describe(op, text.data(), text.size(), nullptr);
  text.pop_back();
  return text;
}

}  // namespace gradtape
