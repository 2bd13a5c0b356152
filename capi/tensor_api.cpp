// Tensors and variables.
#include <algorithm>
#include <cstring>

#include "capi/marshal.hpp"
#include "graph/print.hpp"
#include "ops/functions.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

// The shape of row-major memory that a user gives, after checking that the bytes are what it takes.
Spec checked_memory(std::string_view what, gt_dtype dtype, const int64_t* dims, size_t rank, const void* memory,
                    size_t bytes) {
  const Shape shape = shape_from(what, dtype, dims, rank);
  const auto d = static_cast<Dtype>(dtype);
  const auto want = static_cast<size_t>(shape.elements()) * size_of(d);
  if (bytes != want) invalid("{}: {}{} takes {} bytes, got {}", what, name_of(d), to_string(shape), want, bytes);
  if (bytes > 0) need_pointer(memory, "{}: row_major with {} bytes", what, bytes);
  return {d, shape, false};
}

Tensor computed(Context& c, gt_tensor handle, std::string_view what) {
  Tensor t = c.peek(handle, what);
  c.evaluate(std::span(&t, 1));
  return t;
}

gt_status assign(gt_context ctx, gt_tensor variable, gt_tensor value, const char* name,
                 Tensor (*combine)(const Tensor&, const Tensor&)) {
  return guarded(ctx, [&](Context& c) {
    const VariablePtr v = c.variable(variable, fmt::format("{}: variable", name));
    const Spec& spec = v->value.spec();
    Tensor t = c.read(value, fmt::format("{}: value", name));
    if (t.spec().weak && !spec.weak && is_floating(spec.dtype)) t = cast(t, spec.dtype);
    if (t.dtype() != spec.dtype || !(t.shape() == spec.shape))
      invalid("{}: the variable is {}, the value {}", name, to_string(spec), to_string(t.spec()));
    if (combine) {
      const Recorder::Pause pause(c.recorder());
      t = combine(v->value, t);
    }
    c.recorder().bind(v, t);
    c.bound_pending();
  });
}

}  // namespace

extern "C" {

gt_tensor gt_tensor_create(gt_context ctx, gt_dtype dtype, const int64_t* dims, size_t rank, const void* row_major,
                           size_t bytes) {
  return guarded_object(ctx, [&](Context& c) {
    const Spec spec = checked_memory("gt_tensor_create", dtype, dims, rank, row_major, bytes);
    BufferPtr buffer = c.recorder().allocate(bytes, "gt_tensor_create");
    if (spec.dtype == Dtype::boolean)
      std::transform(static_cast<const uint8_t*>(row_major), static_cast<const uint8_t*>(row_major) + bytes,
                     static_cast<uint8_t*>(buffer->data()), [](uint8_t b) { return static_cast<uint8_t>(b != 0); });
    else if (bytes > 0)
      std::memcpy(buffer->data(), row_major, bytes);
    return c.publish(c.recorder().constant(spec, std::move(buffer)));
  });
}

gt_tensor gt_tensor_borrow(gt_context ctx, gt_dtype dtype, const int64_t* dims, size_t rank, const void* row_major,
                           size_t bytes, void (*free)(void*), void* user_data) {
  bool owned = false;
  gt_tensor result = guarded_object(ctx, [&](Context& c) {
    const Spec spec = checked_memory("gt_tensor_borrow", dtype, dims, rank, row_major, bytes);
    if (reinterpret_cast<uintptr_t>(row_major) % size_of(spec.dtype) != 0)
      invalid("gt_tensor_borrow: the memory must be aligned to {} bytes, the size of {}", size_of(spec.dtype),
              name_of(spec.dtype));
    if (spec.dtype == Dtype::boolean &&
        std::any_of(static_cast<const uint8_t*>(row_major), static_cast<const uint8_t*>(row_major) + bytes,
                    [](uint8_t b) { return b > 1; }))
      invalid("gt_tensor_borrow: a bool must be 0 or 1; gt_tensor_create takes any byte");
    auto owner = std::make_shared<UserData>(c.deferred(), free, user_data);
    owned = true;
    auto buffer = Buffer::borrow(row_major, bytes, [owner] {});
    return c.publish(c.recorder().constant(spec, std::move(buffer)));
  });
  if (!owned && free) free(user_data);
  return result;
}

gt_tensor gt_scalar(gt_context ctx, double value) {
  return guarded_object(ctx, [&](Context& c) { return c.publish(c.recorder().scalar(value, Dtype::float64, true)); });
}

gt_tensor gt_variable(gt_context ctx, gt_tensor initial) {
  return guarded_object(
      ctx, [&](Context& c) { return c.publish(c.recorder().new_variable(c.read(initial, "gt_variable: initial"))); });
}

gt_status gt_variable_set_trainable(gt_context ctx, gt_tensor variable, int32_t trainable) {
  return guarded(ctx, [&](Context& c) {
    c.variable(variable, "gt_variable_set_trainable: variable")->trainable = trainable != 0;
  });
}

gt_status gt_variable_id(gt_context ctx, gt_tensor variable, uint64_t* id) {
  if (id) *id = 0;
  return guarded(ctx, [&](Context& c) {
    need_pointer(id, "gt_variable_id: id");
    *id = c.variable(variable, "gt_variable_id: variable")->id;
  });
}

gt_status gt_assign(gt_context ctx, gt_tensor variable, gt_tensor value) {
  return assign(ctx, variable, value, "gt_assign", nullptr);
}
gt_status gt_assign_add(gt_context ctx, gt_tensor variable, gt_tensor value) {
  return assign(ctx, variable, value, "gt_assign_add", [](const Tensor& a, const Tensor& b) { return a + b; });
}
gt_status gt_assign_sub(gt_context ctx, gt_tensor variable, gt_tensor value) {
  return assign(ctx, variable, value, "gt_assign_sub", [](const Tensor& a, const Tensor& b) { return a - b; });
}

gt_status gt_tensor_shape(gt_context ctx, gt_tensor tensor, int64_t* dims, size_t capacity, size_t* rank) {
  clear_array(dims, capacity);
  if (rank) *rank = 0;
  return guarded(ctx, [&](Context& c) {
    const Tensor t = c.peek(tensor, "gt_tensor_shape: tensor");
    need_array(dims, capacity, "gt_tensor_shape: dims");
    if (rank) *rank = t.rank();
    for (size_t i = 0; i < std::min(capacity, t.rank()); ++i) dims[i] = t.shape()[i];
  });
}

gt_status gt_tensor_dtype(gt_context ctx, gt_tensor tensor, gt_dtype* out) {
  if (out) *out = 0;
  return guarded(ctx, [&](Context& c) {
    need_pointer(out, "gt_tensor_dtype: out");
    *out = static_cast<gt_dtype>(c.peek(tensor, "gt_tensor_dtype: tensor").dtype());
  });
}

gt_status gt_tensor_read(gt_context ctx, gt_tensor tensor, void* row_major, size_t bytes) {
  return guarded(ctx, [&](Context& c) {
    Tensor t = c.peek(tensor, "gt_tensor_read: tensor");
    const bool as_float = t.spec().weak && bytes * 2 == t.bytes();
    if (bytes != t.bytes() && !as_float)
      invalid("gt_tensor_read: {} has {} bytes, got {}", to_string(t.spec()), t.bytes(), bytes);
    if (bytes > 0) need_pointer(row_major, "gt_tensor_read: row_major");
    c.evaluate(std::span(&t, 1));
    if (bytes == 0) return;
    if (!as_float) {
      std::memcpy(row_major, t.value()->data(), bytes);
      return;
    }
    const auto* values = static_cast<const double*>(t.value()->data());
    for (size_t i = 0; i < bytes / sizeof(float); ++i) {
      const auto value = static_cast<float>(values[i]);
      std::memcpy(static_cast<char*>(row_major) + i * sizeof value, &value, sizeof value);
    }
  });
}

gt_status gt_tensor_borrow_data(gt_context ctx, gt_tensor tensor, const void** row_major, size_t* bytes) {
  if (row_major) *row_major = nullptr;
  if (bytes) *bytes = 0;
  return guarded(ctx, [&](Context& c) {
    need_pointer(row_major, "gt_tensor_borrow_data: row_major");
    if (c.source(tensor, "gt_tensor_borrow_data: tensor").variable)
      invalid(
          "gt_tensor_borrow_data: a variable may be assigned while its memory is lent; read it, or take gt_identity of "
          "it");
    const Tensor t = computed(c, tensor, "gt_tensor_borrow_data: tensor");
    *row_major = t.value()->data();
    if (bytes) *bytes = t.bytes();
  });
}

gt_status gt_eval(gt_context ctx, const gt_tensor* tensors, size_t n) {
  return guarded(ctx, [&](Context& c) {
    need_array(tensors, n, "gt_eval: tensors");
    Tensors targets;
    for (size_t i = 0; i < n; ++i) targets.push_back(c.peek(tensors[i], fmt::format("gt_eval: tensor {}", i)));
    c.evaluate(targets);
  });
}

gt_status gt_tensor_describe(gt_context ctx, gt_tensor tensor, char* text, size_t capacity, size_t* needed) {
  clear_text(text, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    const Source s = c.source(tensor, "gt_tensor_describe: tensor");
    const std::string label = s.variable ? s.variable->label : "";
    write_text((s.variable ? "variable " : "") + (label.empty() ? "" : "'" + label + "' ") + describe(s.tensor), text,
               capacity, needed);
  });
}

gt_status gt_graph_describe(gt_context ctx, const gt_tensor* tensors, size_t n, int32_t format, char* text,
                            size_t capacity, size_t* needed) {
  clear_text(text, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    need_array(tensors, n, "gt_graph_describe: tensors");
    if (format != GT_GRAPH_TEXT && format != GT_GRAPH_DOT)
      invalid("gt_graph_describe: format must be GT_GRAPH_TEXT 0 or GT_GRAPH_DOT 1, got {}", format);
    Tensors targets;
    for (size_t i = 0; i < n; ++i)
      targets.push_back(c.peek(tensors[i], fmt::format("gt_graph_describe: tensor {}", i)));
    write_text(format == GT_GRAPH_DOT ? graph_as_dot(targets) : graph_as_text(targets), text, capacity, needed);
  });
}

}  // extern "C"
