// Python values as the input tensors of an op.
#pragma once

#include <list>
#include <utility>
#include <vector>

#include "op.hpp"

namespace gradtape_python {

// An input as a handle: lent by the Python object, or made here and given back.
class Inputs {
 public:
  explicit Inputs(const ContextPtr& here) : here_(here) {}

  // Converts the values, and promotes those that share a dtype to one. Tensors and arrays give that dtype. Without them
  // lists and NumPy's scalars give it. Plain numbers alone give float32, or int32 if all are integers.
  void add_all(const Op& op, PyObject* const* values, const Param* params, size_t n) {
    gt_dtype shared = 0;
    const auto convert = [&](PyObject* value) {
      made_.emplace_back(to_tensor(value, nullptr));
      converted_.emplace_back(value, &made_.back());
      meet(op, shared, made_.back().dtype());
    };
    bool any_float = false, any_untyped = false;
    for (size_t i = 0; i < n; ++i) {
      PyObject* value = values[i];
      if (!value || value == Py_None || params[i].dtype != 's') continue;
      if (is_tensor(value))
        meet(op, shared, tensor_in(value).dtype());
      else if (is_plain(value))
        any_float |= PyFloat_Check(value);
      else if (is_list(value) || is_scalar(value))
        any_untyped = true;
      else
        convert(value);
    }
    plain_ = shared == 0;
    if (plain_ && any_untyped)
      for (size_t i = 0; i < n; ++i)
        if (values[i] && params[i].dtype == 's' && (is_list(values[i]) || is_scalar(values[i]))) convert(values[i]);
    if (shared == 0 && any_float) shared = GT_FLOAT32;
    check_dtype(op, shared);
    for (size_t i = 0; i < n; ++i) add(op, values[i], params[i], shared);
  }
  const gt_tensor* data() const { return many_.empty() ? few_.data() : many_.data(); }
  size_t size() const { return n_; }

 private:
  static bool is_plain(PyObject* o) { return PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyBool_Check(o); }
  static bool is_list(PyObject* o) { return PyList_Check(o) || PyTuple_Check(o); }
  // A scalar of NumPy's. It has a dtype, but takes that of the tensors beside it.
  static bool is_scalar(PyObject* o) {
    static PyObject* const generic = nb::object(hooks().numpy.attr("generic")).release().ptr();
    return PyObject_IsInstance(o, generic) == 1;
  }
  static void meet(const Op& op, gt_dtype& shared, gt_dtype dtype) {
    const gt_dtype both = shared == 0 ? dtype : promoted(shared, dtype);
    if (both == 0)
      fail("DTypeError",
           op.name + ": " + dtype_of(shared).name + " and " + dtype_of(dtype).name + " do not mix; cast one of them");
    shared = both;
  }
  void put(gt_tensor handle) {
    if (n_ == few_.size()) many_.assign(few_.begin(), few_.end());
    if (n_ < few_.size())
      few_[n_] = handle;
    else
      many_.push_back(handle);
    ++n_;
  }
  void keep(Tensor&& t) {
    made_.push_back(std::move(t));
    put(made_.back().handle);
  }
  void keep_in(gt_dtype dtype, const Tensor& t) {
    if (dtype == 0 || t.dtype() == dtype)
      put(t.handle);
    else
      keep(cast(t, dtype));
  }
  void add(const Op& op, PyObject* value, const Param& param, gt_dtype shared) {
    if (!value || value == Py_None) {
      if (param.optional) return void(left_out_ = &param);
      fail(PyExc_TypeError,
           op.name + ": " + param.name + (value ? std::string(" is None; ") + kNotConnected : " is missing"));
    }
    if (left_out_)
      fail(PyExc_TypeError, op.name + ": " + param.name + " is given, and " + left_out_->name + " before it is not");
    const gt_dtype wanted = param.dtype == 's' ? shared : 0;
    if (is_tensor(value)) {
      handle_in(here_, value);
      return keep_in(wanted, tensor_in(value));
    }
    for (const auto& [of, tensor] : converted_)
      if (of == value) return keep_in(wanted, *tensor);
    if (param.dtype == 's' && (is_plain(value) || is_scalar(value))) return add_number(op, value, wanted);
    // A list takes the dtype of the tensors it meets, but numbers are no bools.
    const bool converts = wanted != 0 && wanted != GT_BOOL;
    Tensor t = to_tensor(value, converts ? &dtype_of(wanted) : nullptr);
    gt_dtype both = wanted;
    if (wanted == GT_BOOL) meet(op, both, t.dtype());
    keep(std::move(t));
  }
  // A plain number takes the dtype of the tensors it meets, else float32 or int32.
  void add_number(const Op& op, PyObject* value, gt_dtype shared) {
    if (plain_) return keep(to_tensor(value, shared == 0 ? nullptr : &dtype_of(shared)));
    const bool is_bool = PyBool_Check(value), is_integer = PyIndex_Check(value);
    if (shared == GT_BOOL && is_bool) return keep(to_tensor(value, nullptr));
    if (shared == GT_BOOL || (dtype_of(shared).kind == 'i' && !is_integer && !is_bool))
      fail("DTypeError", op.name + ": " + shown(value) + " and a tensor of " + dtype_of(shared).name +
                             " do not mix; cast the tensor");
    if (dtype_of(shared).kind == 'i' && is_integer) return keep(to_tensor(value, &dtype_of(shared)));
    const double number = PyFloat_AsDouble(value);
    if (number == -1 && PyErr_Occurred()) throw nb::python_error();
    keep({here_, here_->made(gt_scalar(here_->get(), number))});
  }

  const ContextPtr& here_;
  const Param* left_out_ = nullptr;
  bool plain_ = true;       // no tensor is among the values
  std::list<Tensor> made_;  // its elements stay where they are
  std::vector<std::pair<PyObject*, const Tensor*>> converted_;
  // Few handles lie here; many are moved to the heap.
  std::array<gt_tensor, 8> few_;
  std::vector<gt_tensor> many_;
  size_t n_ = 0;
};

}  // namespace gradtape_python
