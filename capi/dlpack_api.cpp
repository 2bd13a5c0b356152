// DLPack in and out. The structs are those of DLPack's C interface (dlpack.h, before version 1.0), whose layout is
// fixed.
#include "capi/marshal.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

struct DLDevice {
  int32_t device_type, device_id;
};
struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t* shape;
  int64_t* strides;
  uint64_t byte_offset;
};
struct DLManagedTensor {
  DLTensor dl_tensor;
  void* manager_ctx;
  void (*deleter)(DLManagedTensor*);
};
constexpr int32_t kCpu = 1;
constexpr uint8_t kInt = 0, kFloat = 2, kBool = 6;

DLDataType to_dl(Dtype d) {
  const auto bits = static_cast<uint8_t>(size_of(d) * 8);
  return {d == Dtype::boolean ? kBool : is_integer(d) ? kInt : kFloat, bits, 1};
}
Dtype from_dl(DLDataType t) {
  for (int i = 1; i < kDtypeSlots; ++i) {
    const DLDataType own = to_dl(static_cast<Dtype>(i));
    if (own.code == t.code && own.bits == t.bits && t.lanes == 1) return static_cast<Dtype>(i);
  }
  fail(Status::unsupported,
       "gt_tensor_from_dlpack: element type code {} of {} bits and {} lanes is none of bool, int32, int64, float32, "
       "float64",
       t.code, t.bits, t.lanes);
}

// An exported tensor. It keeps the memory alive until the deleter runs, on whatever thread.
struct Export {
  DLManagedTensor managed;
  BufferPtr buffer;
  std::vector<int64_t> shape, strides;
};

// A strided source, element by element in row-major order.
void copy_strided(const DLTensor& t, const char* from, char* to, std::size_t size, int axis) {
  if (axis == t.ndim) {
    std::copy(from, from + size, to);
    return;
  }
  int64_t inner = static_cast<int64_t>(size);
  for (int i = axis + 1; i < t.ndim; ++i) inner *= t.shape[i];
  for (int64_t k = 0; k < t.shape[axis]; ++k)
    copy_strided(t, from + k * t.strides[axis] * static_cast<int64_t>(size), to + k * inner, size, axis + 1);
}

bool is_contiguous(const DLTensor& t, const Shape& shape) {
  if (!t.strides || shape.elements() == 0) return true;
  const Shape::Dims dense = strides_of(shape);
  for (int i = 0; i < t.ndim; ++i)
    if (t.shape[i] != 1 && t.strides[i] != dense[i]) return false;
  return true;
}

}  // namespace

extern "C" {

gt_status gt_tensor_to_dlpack(gt_context ctx, gt_tensor tensor, void** out) {
  if (out) *out = nullptr;
  return guarded(ctx, [&](Context& c) {
    need_pointer(out, "gt_tensor_to_dlpack: dl_managed_tensor");
    const Tensor t = c.peek(tensor, "gt_tensor_to_dlpack: tensor");
    c.evaluate(std::span(&t, 1));
    auto e = std::make_unique<Export>();
    e->buffer = t.value();
    e->shape.assign(t.shape().begin(), t.shape().end());
    const Shape::Dims strides = strides_of(t.shape());
    e->strides.assign(strides.begin(), strides.end());
    e->managed.dl_tensor = {
        e->buffer->data(), {kCpu, 0}, static_cast<int32_t>(t.rank()), to_dl(t.dtype()), e->shape.data(),
        e->strides.data(), 0};
    e->managed.manager_ctx = e.get();
    e->managed.deleter = [](DLManagedTensor* m) { delete static_cast<Export*>(m->manager_ctx); };
    *out = &e.release()->managed;
  });
}

gt_tensor gt_tensor_from_dlpack(gt_context ctx, void* dl_managed_tensor) {
  return guarded_object(ctx, [&](Context& c) {
    need_pointer(dl_managed_tensor, "gt_tensor_from_dlpack: dl_managed_tensor");
    auto* managed = static_cast<DLManagedTensor*>(dl_managed_tensor);
    const DLTensor& t = managed->dl_tensor;
    if (t.device.device_type != kCpu)
      fail(Status::unsupported, "gt_tensor_from_dlpack: device type {} is not the CPU, {}", t.device.device_type, kCpu);
    const Dtype dtype = from_dl(t.dtype);
    if (t.ndim < 0) invalid("gt_tensor_from_dlpack: ndim is {}", t.ndim);
    const Shape shape = shape_from("gt_tensor_from_dlpack", static_cast<gt_dtype>(dtype), t.shape, t.ndim);
    const std::size_t bytes = static_cast<std::size_t>(shape.elements()) * size_of(dtype);
    if (bytes > 0) need_pointer(t.data, "gt_tensor_from_dlpack: data");
    const char* data = static_cast<const char*>(t.data) + t.byte_offset;
    const bool aligned = reinterpret_cast<uintptr_t>(data) % size_of(dtype) == 0;
    const auto give_back = [](void* m) {
      auto* tensor = static_cast<DLManagedTensor*>(m);
      if (tensor->deleter) tensor->deleter(tensor);
    };
    if (is_contiguous(t, shape) && aligned && dtype != Dtype::boolean) {
      // The owner is made empty first: whatever fails before it is filled leaves the tensor with the caller.
      auto owner = std::make_shared<std::unique_ptr<UserData>>();
      auto buffer = Buffer::borrow(data, bytes, [owner] {});
      gt_tensor handle = c.publish(c.recorder().constant({dtype, shape, false}, buffer));
      try {
        *owner = std::make_unique<UserData>(c.deferred(), give_back, managed);
      } catch (...) {
        c.release(bits_of(handle));
        throw;
      }
      return handle;
    }
    BufferPtr buffer = c.recorder().allocate(bytes, "gt_tensor_from_dlpack");
    if (bytes > 0) {
      DLTensor dense = t;
      Shape::Dims strides = strides_of(shape);
      if (!dense.strides) dense.strides = strides.data();
      copy_strided(dense, data, static_cast<char*>(buffer->data()), size_of(dtype), 0);
    }
    if (dtype == Dtype::boolean)
      for (std::size_t i = 0; i < bytes; ++i)
        static_cast<uint8_t*>(buffer->data())[i] = static_cast<uint8_t*>(buffer->data())[i] != 0;
    gt_tensor handle = c.publish(c.recorder().constant({dtype, shape, false}, std::move(buffer)));
    const CallbackScope scope(c);
    give_back(managed);
    return handle;
  });
}

}  // extern "C"
