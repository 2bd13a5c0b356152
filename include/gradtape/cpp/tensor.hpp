// Tensors and variables as values.
#pragma once

#include <cmath>
#include <memory>
#include <optional>

#include "base.hpp"

namespace gradtape {

class Tensor;
class Index;

/// A tensor, or a number in place of one: pow(x, 2), where(c, x, 0.0), x > 0. Lives as long as the expression.
class Operand {
 public:
  Operand(const Tensor& tensor) : tensor_(&tensor) {}  // NOLINT: stands for either
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Operand(T number)  // NOLINT
      : kind_(std::is_same_v<T, bool> ? boolean
              : std::is_integral_v<T> ? integer
                                      : real),
        real_(static_cast<double>(number)) {
    if constexpr (std::is_integral_v<T>) {
      if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8)
        if (number > static_cast<T>(INT64_MAX)) throw Error(GT_INVALID_ARGUMENT, "a number is above what int64 holds");
      integer_ = static_cast<std::int64_t>(number);
    }
  }
  const Tensor* tensor() const noexcept { return tensor_; }  ///< null: a number
  /// A new tensor of the number, which takes the dtype of what it meets; a bool is a bool.
  Tensor number(gt_context ctx, bool as_index = false) const;

 private:
  enum Kind { real, integer, boolean };
  const Tensor* tensor_ = nullptr;
  Kind kind_ = real;
  double real_ = 0;
  std::int64_t integer_ = 0;
};

/// Elements in a row that belong to something else. Serves wherever a std::span<const T> does.
template <class T>
class View {
 public:
  using element_type = const T;
  using value_type = T;
  View() = default;
  View(const T* first, std::size_t n) : data_(first), size_(n) {}
  const T* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  const T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A tensor or a variable: a reference to an immutable value. Copies share it. A default-constructed or moved-from
/// Tensor is empty, as is the gradient of what is not connected: has_value() tells, any other use is an Error.
class Tensor {
 public:
  Tensor() = default;
  Tensor(gt_context ctx, gt_tensor handle) : ctx_(ctx), handle_(handle) {}  ///< takes over a handle
  Tensor(const Tensor& other)
      : ctx_(other.ctx_),
        handle_(other.handle_ ? detail::made(other.ctx_, gt_tensor_duplicate(other.ctx_, other.handle_)) : nullptr) {}
  Tensor(Tensor&& other) noexcept : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)) {}
  /// Another value for the name. Parts of a tensor cannot be assigned: x[0] = y does not compile.
  Tensor& operator=(Tensor other) & noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Tensor() {
    if (handle_) gt_release(ctx_, handle_);
  }

  bool has_value() const noexcept { return handle_ != nullptr; }
  gt_tensor get() const noexcept { return handle_; }
  gt_tensor release() noexcept { return std::exchange(handle_, nullptr); }  ///< gives the handle away
  gt_context context() const noexcept { return ctx_; }

  Shape shape() const {
    Shape dims(rank());
    std::size_t rank = 0;
    detail::check(ctx_, gt_tensor_shape(ctx_, handle_, dims.data(), dims.size(), &rank));
    return dims;
  }
  std::size_t rank() const {
    std::size_t rank = 0;
    detail::check(ctx_, gt_tensor_shape(ctx_, handle_, nullptr, 0, &rank));
    return rank;
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

  /// Computes the tensor and copies it out; bytes must be its size.
  void read(void* row_major, std::size_t bytes) const {
    detail::check(ctx_, gt_tensor_read(ctx_, handle_, row_major, bytes));
  }
  /// The elements, row by row. T must be the tensor's type (float serves for a scalar without a dtype, too).
  template <class T>
  std::vector<T> to_vector() const {
    need_type<T>("to_vector");
    const std::size_t n = size();
    if constexpr (std::is_same_v<T, bool>) {
      const std::vector<std::uint8_t> bytes = to_vector<std::uint8_t>();
      return std::vector<bool>(bytes.begin(), bytes.end());
    } else {
      std::vector<T> values(n);
      read(values.data(), n * sizeof(T));
      return values;
    }
  }
  /// The elements where they lie, computed first: valid as long as this Tensor, not to be written to.
  template <class T>
  View<T> data() const& {
    need_type<T>("data");
    const void* first = nullptr;
    std::size_t bytes = 0;
    detail::check(ctx_, gt_tensor_borrow_data(ctx_, handle_, &first, &bytes));
    if (bytes != size() * sizeof(T))  // a number without a dtype lies as a double
      throw Error(GT_INVALID_ARGUMENT, wrong_type<T>("data", Dtype::float64));
    return View<T>(static_cast<const T*>(first), bytes / sizeof(T));
  }
  template <class T>
  View<T> data() const&& = delete;  // the memory would be gone before it is read

  /// The one element, whatever the dtype, as a number that T holds exactly; a floating T takes the nearest of a float.
  template <class T = double>
  T item() const;
  /// The value of a bool of one element: if (x > y). An Error for anything else; ask has_value() for an empty Tensor.
  explicit operator bool() const {
    if (dtype() != Dtype::bool_)
      throw Error(GT_INVALID_ARGUMENT, std::string("a condition must be bool, got ") + name_of(dtype()) +
                                           "; compare it, or ask has_value()");
    return item<bool>();
  }

  std::string describe() const {
    return detail::text_of(ctx_, [&](char* text, std::size_t capacity, std::size_t* needed) {
      return gt_tensor_describe(ctx_, handle_, text, capacity, needed);
    });
  }
  /// Names the tensor, or the variable, in texts and messages; "" takes the name away. See gt_label.
  void label(const std::string& name) const { detail::check(ctx_, gt_label(ctx_, handle_, name.c_str())); }
  /// Another name for the value as it is now: of a variable, what later assignments do not change.
  Tensor value() const;

  // Parts, as NumPy writes them: x[1], x[-1], x(i, j), x(All, Slice(1, 3)), x(Ellipsis, 0), x(NewAxis). A tensor of
  // integers names rows, and a tensor of bools marks them. See indexing.hpp.
  Tensor operator[](const Index& index) const;
  Tensor operator[](const Tensor& which) const;
  template <class... Indices>
  Tensor operator()(const Indices&... indices) const;

  Tensor& operator+=(const Operand& y) &;
  Tensor& operator-=(const Operand& y) &;
  Tensor& operator*=(const Operand& y) &;
  Tensor& operator/=(const Operand& y) &;

 protected:
  void replace_handle(Tensor&& other) noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
  }

 private:
  template <class T>
  static std::string wrong_type(const char* what, Dtype is) {
    return std::string(what) + ": the tensor is " + name_of(is) + ", not " + name_of(dtype_of<T>()) +
           "; cast it first: cast(x, Dtype::" + name_of(dtype_of<T>()) + (dtype_of<T>() == Dtype::bool_ ? "_)" : ")");
  }
  template <class T>
  void need_type(const char* what) const {
    const Dtype is = dtype();
    // A number without a dtype says float64 and gives floats as well; of a true float64 the sizes differ.
    if (is != dtype_of<T>() && !(is == Dtype::float64 && std::is_same_v<T, float>))
      throw Error(GT_INVALID_ARGUMENT, wrong_type<T>(what, is));
  }

  gt_context ctx_ = nullptr;
  gt_tensor handle_ = nullptr;
};

template <class T>
T Tensor::item() const {
  static_assert(std::is_arithmetic_v<T>);
  if (const Shape s = shape(); size() != 1) {
    std::string text;
    for (std::int64_t d : s) text += (text.empty() ? "" : ", ") + std::to_string(d);
    throw Error(GT_INVALID_ARGUMENT, "item: the tensor must have one element, got the shape [" + text + "]");
  }
  const auto as = [&](auto element) {
    read(&element, sizeof element);
    return element;
  };
  const auto exactly = [&](auto value) {
    using From = decltype(value);
    bool holds = true;
    if constexpr (std::is_integral_v<From> && std::is_floating_point_v<T>) {
      holds = std::abs(static_cast<double>(value)) <= std::ldexp(1.0, sizeof(T) == 4 ? 24 : 53);
    } else if constexpr (std::is_integral_v<From>) {
      holds = static_cast<From>(static_cast<T>(value)) == value && (static_cast<T>(value) < T{}) == (value < 0);
    } else if constexpr (std::is_integral_v<T>) {
      constexpr int bits =
          std::is_same_v<T, bool> ? 1 : static_cast<int>(sizeof(T) * 8) - (std::is_signed_v<T> ? 1 : 0);
      holds = value == std::trunc(value) && static_cast<double>(value) < std::ldexp(1.0, bits) &&
              static_cast<double>(value) >= (std::is_signed_v<T> ? -std::ldexp(1.0, bits) : 0.0);
    }
    if (!holds)
      throw Error(GT_INVALID_ARGUMENT, "item: the number " + std::to_string(value) + " of a tensor of " +
                                           name_of(dtype()) + " does not fit the type asked for");
    return static_cast<T>(value);
  };
  switch (dtype()) {
    case Dtype::bool_: return exactly(static_cast<int>(as(std::uint8_t{})));
    case Dtype::int32: return exactly(as(std::int32_t{}));
    case Dtype::int64: return exactly(as(std::int64_t{}));
    case Dtype::float32: return exactly(as(float{}));
    case Dtype::float64: break;
  }
  return exactly(as(double{}));
}

inline Tensor Operand::number(gt_context ctx, bool as_index) const {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  const auto whole = [&](gt_dtype dtype, const void* value, std::size_t bytes) {
    return Tensor(ctx, detail::made(ctx, gt_tensor_create(ctx, dtype, nullptr, 0, value, bytes)));
  };
  if (kind_ == boolean) {
    const auto byte = static_cast<std::uint8_t>(integer_);
    return whole(GT_BOOL, &byte, 1);
  }
  if (kind_ == integer && (as_index || integer_ > exact || integer_ < -exact))
    return whole(GT_INT64, &integer_, sizeof integer_);
  return Tensor(ctx, detail::made(ctx, gt_scalar(ctx, real_)));
}

/// A variable: assigned anew, and watched by tapes that record while it is read. Copying it, also into a Tensor, gives
/// another name of the same variable. = assigns from a number (to every element), a tensor or another variable.
/// Moved-from it is empty.
class Variable : public Tensor {
 public:
  explicit Variable(const Tensor& initial)
      : Tensor(initial.context(), detail::made(initial.context(), gt_variable(initial.context(), initial.get()))) {}
  Variable(const Variable&) = default;
  Variable(Variable&&) noexcept = default;
  Variable& operator=(const Variable& value) & {
    assign(value);
    return *this;
  }
  Variable& operator=(const Operand& value) & {
    assign(value);
    return *this;
  }
  void assign(const Operand& value) { update(gt_assign, value); }
  Variable& operator+=(const Operand& value) & { return update(gt_assign_add, value); }
  Variable& operator-=(const Operand& value) & { return update(gt_assign_sub, value); }
  Variable& operator*=(const Operand& value) &;
  Variable& operator/=(const Operand& value) &;
  void set_trainable(bool trainable) {
    detail::check(context(), gt_variable_set_trainable(context(), get(), trainable));
  }
  /// A number that all names of one variable share, also those from Tape::watched_variables, and nothing else has.
  std::uint64_t id() const {
    std::uint64_t number = 0;
    detail::check(context(), gt_variable_id(context(), get(), &number));
    return number;
  }
  /// Exchanges which variables the two names stand for.
  friend void swap(Variable& a, Variable& b) noexcept { a.replace_handle(std::move(b)); }

 private:
  friend class Tape;
  Variable(gt_context ctx, gt_tensor variable) : Tensor(ctx, variable) {}
  Variable& update(gt_status (*f)(gt_context, gt_tensor, gt_tensor), const Operand& value);
};

namespace detail {
inline Tensor wrap(gt_context ctx, gt_tensor handle) { return Tensor(ctx, made(ctx, handle)); }
inline gt_context context_of(const std::vector<Tensor>& tensors) {
  for (const Tensor& t : tensors)
    if (t.context()) return t.context();
  return nullptr;
}
inline std::vector<gt_tensor> handles(const std::vector<Tensor>& tensors) {
  std::vector<gt_tensor> result;
  result.reserve(tensors.size());
  for (const Tensor& t : tensors) result.push_back(t.get());
  return result;
}
inline std::vector<Tensor> wrap_all(gt_context ctx, const gt_tensor* handles, std::size_t n) {
  std::vector<Tensor> result;
  result.reserve(n);
  for (std::size_t i = 0; i < n; ++i) result.emplace_back(ctx, handles[i]);
  return result;
}
// Copies of lent handles: they are the library's again after the call.
inline std::vector<Tensor> borrow(gt_context ctx, const gt_tensor* handles, std::size_t n) {
  std::vector<Tensor> result;
  result.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(handles[i] ? wrap(ctx, gt_tensor_duplicate(ctx, handles[i])) : Tensor(ctx, nullptr));
  return result;
}
}  // namespace detail

}  // namespace gradtape
