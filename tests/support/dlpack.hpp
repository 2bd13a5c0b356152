// DLPack's DLManagedTensor, as dlpack.h had it before version 1; its layout is fixed.
#pragma once

#include <cstdint>

namespace test {

struct DlManagedTensor {
  void* data;
  int32_t device_type, device_id, ndim;
  uint8_t code, bits;
  uint16_t lanes;
  int64_t *shape, *strides;
  uint64_t byte_offset;
  void* manager;
  void (*deleter)(DlManagedTensor*);
};

}  // namespace test
