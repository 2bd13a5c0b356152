// The objects that the calls of one input have made so far, and the arguments of the next call. They are right, but for
// one wrong argument in some calls.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "bytes.hpp"
#include "gradtape/gradtape.h"

namespace fuzz {

// The library has broken its word: the input is kept.
[[noreturn]] void broken(const char* call, const char* how);

// A function, and the specs of its inputs.
struct Function {
  gt_function handle = nullptr;
  std::vector<gt_spec> inputs;
};

// A context and the handles it has given.
struct Pool {
  gt_context ctx = nullptr;
  std::vector<gt_tensor> tensors, variables;
  std::vector<gt_tape> tapes;
  std::vector<Function> functions;
  std::vector<gt_sparsity> sparsities;
};

// Room for outputs on the heap, full of rubbish: a sanitizer sees where it ends.
template <class T>
class Room {
 public:
  explicit Room(size_t n) : data_(static_cast<T*>(std::malloc(n * sizeof(T)))), n_(n) {
    if (n > 0) std::memset(static_cast<void*>(data_.get()), 0xA5, n * sizeof(T));
  }
  T* data() { return data_.get(); }
  size_t size() const { return n_; }
  T& operator[](size_t i) { return data_.get()[i]; }
  // A call that failed leaves nothing in its outputs.
  void expect_cleared(const char* call) const { expect_cleared(call, n_); }
  void expect_cleared(const char* call, size_t n) const {
    const char* bytes = reinterpret_cast<const char*>(data_.get());
    for (size_t i = 0; i < n * sizeof(T); ++i)
      if (bytes[i] != 0) broken(call, "an output is not cleared");
  }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T, Free> data_;
  size_t n_;
};

// An array that is handed in: what it points to, and how many there are said to be.
template <class T>
struct Array {
  T* data;
  size_t n;
  bool honest;  // n is the number that there are
};

class World {
 public:
  World(const uint8_t* data, size_t size) : in(data, size) {}

  // All of the input, on a context of its own; all that was made is given back.
  void run();
  // Up to `most` calls on ctx, inside a callback.
  void inside(gt_context ctx, unsigned most);

  // Whether the argument that is asked for now is the one that is to be wrong.
  bool wrong() { return ++argument_ == wrong_; }
  gt_context context();
  gt_tensor tensor();
  gt_tensor variable();
  gt_tape tape();
  Function function();
  gt_sparsity sparsity();
  const void* handle();
  std::vector<gt_tensor> tensors(size_t most);
  template <class T>
  Array<T> array(std::vector<T>& values) {
    if (!wrong()) return {values.data(), values.size(), true};
    if (in.below(2) == 0) return {nullptr, values.size() + 1, true};
    return {values.data(), in.pick<size_t>({size_t{1} << 40, SIZE_MAX, SIZE_MAX / 8 + 1, (size_t{1} << 24) + 1}),
            false};
  }
  template <class T>
  Array<T> array(Room<T>& room) {
    if (!wrong()) return {room.data(), room.size(), true};
    if (in.below(2) == 0) return {nullptr, room.size() + 1, false};
    return {room.data(), in.pick<size_t>({size_t{1} << 40, SIZE_MAX}), false};
  }
  template <class T>
  T* pointer(T* right) {
    return wrong() ? nullptr : right;
  }

  // A status of the kinds that a call may return, passed on.
  gt_status checked(const char* call, gt_status status);
  // Takes note of a new tensor; one too large to be computed here is given back at once.
  void made(gt_tensor t);
  void made(const char* call, gt_status status, Room<gt_tensor>& outputs, size_t n);
  Pool* pool(gt_context ctx);
  Pool& here();
  // Handles that were released, or given to the library: some are tried again.
  void gone(gt_tensor t);
  void prune();  // after a scope ended
  bool spend() { return --budget_ > 0; }

  Bytes in;
  std::vector<Pool> pools;
  std::vector<const void*> stale;
  std::vector<void*> exported;  // DLPack tensors whose deleters are not called yet
  int borrowed = 0;             // user data that is to be freed still

 private:
  void step();
  void finish();
  const void* unfit(const void* other);

  gt_context current_ = nullptr;
  int argument_ = 0, wrong_ = 0, depth_ = 0, budget_ = 600;
};

extern World* world;  // that of the input that runs

inline constexpr int64_t kMostElements = 2048;

}  // namespace fuzz
