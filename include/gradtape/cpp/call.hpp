// One application of an op, put together from operands and attributes: every function of ops.hpp is one.
#pragma once

#include <array>

#include "attributes.hpp"
#include "tensor.hpp"

namespace gradtape::detail {

// The outputs of f(out, capacity, &n) where their number is not known: count(&n) asks for it where there are many.
template <class F, class Count>
std::vector<Tensor> outputs(gt_context ctx, F&& f, Count&& count) {
  constexpr std::size_t room = 64;
  gt_tensor few[room];
  std::size_t n = 0;
  gt_status status = f(few, room, &n);
  if (status == GT_OK) {
    forget_thrown();
    return wrap_all(ctx, few, n);
  }
  if (status != GT_INVALID_ARGUMENT || count(&n) != GT_OK || n <= room) throw_error(ctx, status);
  take_message(ctx, status);
  std::vector<gt_tensor> many(n);
  check(ctx, f(many.data(), many.size(), &n));
  return wrap_all(ctx, many.data(), n);
}

class Call {
 public:
  explicit Call(const char* op, gt_context ctx = nullptr) : op_(op), ctx_(ctx) { attrs_.n = 0; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Call& in(const Tensor& x) { return add({&x, nullptr, false}); }
  Call& in(const Operand& x) { return add({x.tensor(), &x, false}); }
  Call& index(const Operand& x) { return add({x.tensor(), &x, true}); }  // a number here is an integer
  Call& maybe(const Tensor& x) { return x.has_value() ? in(x) : *this; }
  Call& in(const std::vector<Tensor>& list) {
    list_ = handles(list);
    if (!ctx_) ctx_ = context_of(list);
    return *this;
  }

  Call& with(const char* name, const Axes& a) { return a.given() ? list(name, a) : *this; }
  Call& list(const char* name, const Axes& a) {  // one that is required: {} is the empty list
    return attr(name, GT_ATTR_INT, !a.single(), a.list().size(), first(a.list()));
  }
  Call& with(const char* name, const NameOrInts& a) {
    return a.name.empty() ? attr(name, GT_ATTR_INT, 1, a.list.size(), first(a.list)) : with(name, a.name);
  }
  Call& with(const char* name, const NameOrNumber& a) {
    return a.name.empty() ? with(name, a.number) : with(name, a.name);
  }
  Call& with(const char* name, const std::string& text) {
    return attr(name, GT_ATTR_STRING, 0, text.size(), text.data());
  }
  Call& with(const char* name, Number a) { return a.integer ? with(name, a.whole) : with(name, a.value); }
  Call& with(const char* name, double a) {
    gt_attr_value* const value = gt_next_value(&attrs_);
    value->number = a;
    return attr(name, GT_ATTR_FLOAT, 0, 1, value);
  }
  Call& with(const char* name, std::int64_t a) {
    gt_attr_value* const value = gt_next_value(&attrs_);
    value->integer = a;
    return attr(name, GT_ATTR_INT, 0, 1, value);
  }
  Call& with(const char* name, bool a) {
    gt_attr_value* const value = gt_next_value(&attrs_);
    value->flag = a;
    return attr(name, GT_ATTR_BOOL, 0, 1, value);
  }
  Call& with(const char* name, Dtype a) {
    gt_attr_value* const value = gt_next_value(&attrs_);
    value->dtype = static_cast<gt_dtype>(a);
    return attr(name, GT_ATTR_DTYPE, 0, 1, value);
  }
  template <class T>
  Call& with(const char* name, const std::optional<T>& a) {
    return a ? with(name, *a) : *this;
  }

  Tensor one() {
    gt_tensor out = nullptr;
    check(ctx_, apply(&out, 1, nullptr));
    return Tensor(ctx_, out);
  }
  template <std::size_t N>
  std::array<Tensor, N> array() {
    gt_tensor out[N];
    std::size_t n = 0;
    check(ctx_, apply(out, N, &n));
    std::array<Tensor, N> result;
    for (std::size_t i = 0; i < n; ++i) result[i] = Tensor(ctx_, out[i]);
    return result;
  }
  std::vector<Tensor> all() {
    return outputs(
        ctx_, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) { return apply(out, capacity, n); },
        [&](std::size_t* n) { return apply(nullptr, 0, n); });
  }

  gt_status apply(gt_tensor* out, std::size_t capacity, std::size_t* n) {
    gt_tensor in[kMost];
    Tensor numbers[kMost];
    if (!ctx_ && (n_in_ == 0 || !in_[0].tensor))
      throw Error(GT_INVALID_ARGUMENT, std::string(op_) + ": one input at least must be a Tensor that is not empty");
    for (std::size_t i = 0; i < n_in_; ++i) {
      if (in_[i].tensor && !in_[i].tensor->context())
        throw Error(GT_INVALID_HANDLE, std::string(op_) + ": input " + std::to_string(i) + " " + kEmpty);
      if (!in_[i].tensor) numbers[i] = in_[i].operand->number(ctx_, in_[i].index);
      in[i] = (in_[i].tensor ? *in_[i].tensor : numbers[i]).get();
    }
    return gt_apply(ctx_, op_, n_in_ > 0 ? in : list_.data(), n_in_ > 0 ? n_in_ : list_.size(), attrs_.attrs, attrs_.n,
                    out, capacity, n);
  }

 private:
  static constexpr std::size_t kMost = 8;  // inputs of an op that has a fixed number
  struct Input {
    const Tensor* tensor;
    const Operand* operand;
    bool index;
  };

  Call& add(const Input& x) {
    if (n_in_ == kMost) throw Error(GT_INTERNAL, std::string(op_) + ": more inputs than a Call holds");
    if (!ctx_ && x.tensor) ctx_ = x.tensor->context();
    in_[n_in_++] = x;
    return *this;
  }
  Call& attr(const char* name, std::int32_t kind, std::int32_t is_list, std::size_t count, const void* values) {
    gt_add_attr(&attrs_, name, kind, is_list, count, values);
    return *this;
  }
  static const std::int64_t* first(const Ints& list) {
    static const std::int64_t none = 0;
    return list.empty() ? &none : list.data();
  }

  const char* op_;
  gt_context ctx_;
  Input in_[kMost];
  std::vector<gt_tensor> list_;
  std::size_t n_in_ = 0;
  gt_attr_list attrs_;
};

}  // namespace gradtape::detail
