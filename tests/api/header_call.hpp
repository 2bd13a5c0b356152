// Calls of the C interface with one wrong argument. A row calls one function and takes each argument from a Call. The
// Call gives the right value, except for the one argument that must be wrong.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "support/failing_allocator.hpp"
#include "support/tape_support.hpp"

namespace test {

inline constexpr int64_t kLength = 40;  // 160 bytes: such values are counted in the statistics of memory
inline gt_spec floats(int64_t n) {
  gt_spec s{GT_FLOAT32, 1, {}};
  s.dims[0] = n;
  return s;
}

// The objects that a call may use, and must leave unchanged if it fails.
struct Surroundings {
  Surroundings();
  ~Surroundings();
  gt_tensor vector(gt_context c, float first = 0.5f) const {
    std::vector<float> v(kLength, 0.25f);
    v[0] = first;
    return tensor<float>(c, {kLength}, v);
  }
  gt_status status_of(const void* object) {  // a function that makes an object says no more than whether it did
    if (object) return GT_OK;
    const gt_status code = gt_take_error(ctx, nullptr, 0, nullptr);
    return code == GT_OK ? GT_INVALID_HANDLE : code;
  }
  uint64_t live_handles() const {
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(ctx, &info), GT_OK);
    return info.handles;
  }
  // Fails the test where something has changed since the beginning.
  void expect_unchanged();

  gt_context ctx = nullptr, foreign = nullptr;
  gt_tensor x, y, matrix, square, sine, variable, unread, stale, elsewhere;
  gt_tape persistent, once, paused, stale_tape, tape_elsewhere;
  gt_function fixed, open, stale_function, function_elsewhere;
  gt_sparsity diagonal, stale_sparsity, sparsity_elsewhere;  // the patterns of diagonal matrices
  std::string name;                                          // of an op or rule that nobody has registered
  std::string rule;
  int freed = 0;

  std::size_t ops = 0;
  uint64_t handles = 0;
  bool gone = false;  // the context was destroyed by the call

  static gt_status count_body(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n);
};

// One call, which asks for its arguments in order. Argument number `wrong` gets the `how`-th of its wrong values.
class Call {
 public:
  Call(Surroundings& s, int wrong = -1, int how = 0) : s_(s), wrong_(wrong), how_(how) {}
  // The number of wrong values of each argument; after a call.
  const std::vector<int>& choices() const { return choices_; }
  // The function is called now: from here to end() the allocation of number `failing` and all after it fail.
  void begin() {
    if (failing >= 0) armed_.emplace(failing);
  }
  void end() { armed_.reset(); }
  long failing = -1;

  template <class T>
  T pick(T right, std::initializer_list<std::type_identity_t<T>> wrong) {
    const int number = static_cast<int>(choices_.size());
    choices_.push_back(static_cast<int>(wrong.size()));
    return number == wrong_ ? wrong.begin()[how_] : right;
  }
  template <class T>
  T* pointer(T* right) {
    return pick<T*>(right, {nullptr});
  }
  // The last argument that is asked for.
  gt_context context() {
    gt_context c = pick(s_.ctx, {nullptr, as<gt_context>(s_.x), junk<gt_context>(), as<gt_context>(uintptr_t{1})});
    begin();
    return c;
  }
  gt_tensor tensor(gt_tensor right) {
    return pick(right, {nullptr, s_.stale, s_.elsewhere, as<gt_tensor>(s_.persistent), as<gt_tensor>(s_.fixed),
                        as<gt_tensor>(s_.ctx), junk<gt_tensor>()});
  }
  gt_tensor variable(gt_tensor right) { return pick(right, {nullptr, s_.stale, s_.x, junk<gt_tensor>()}); }
  gt_tape tape(gt_tape right) {
    return pick(right, {nullptr, s_.stale_tape, s_.tape_elsewhere, as<gt_tape>(s_.x), junk<gt_tape>()});
  }
  gt_sparsity sparsity(gt_sparsity right) {
    return pick(right, {nullptr, s_.stale_sparsity, s_.sparsity_elsewhere, as<gt_sparsity>(s_.x), junk<gt_sparsity>()});
  }
  gt_function function(gt_function right) {
    return pick(right, {nullptr, s_.stale_function, s_.function_elsewhere, as<gt_function>(s_.x), junk<gt_function>()});
  }
  // An array with room for more; its count may be wrong as well, and one of its elements.
  template <class T>
  struct Array {
    T* data;
    size_t n;
  };
  Array<const gt_tensor> tensors(const std::vector<gt_tensor>& right) {
    std::vector<gt_tensor> all;
    for (gt_tensor t : right) all.push_back(tensor(t));
    all.resize(right.size() + 8, nullptr);
    return array<const gt_tensor>(keep(std::move(all)), right.size());
  }
  template <class T>
  Array<T> array(T* right, size_t n) {
    T* data = n > 0 ? pointer(right) : right;
    return {data, pick(n, {n + 1, size_t{1} << 40, SIZE_MAX, n > 0 ? n - 1 : n})};
  }
  template <class T>
  T* keep(std::vector<T> values) {
    auto kept = std::make_shared<std::vector<T>>(std::move(values));
    kept_.push_back(kept);
    return kept->data();
  }
  // Room for outputs, full of rubbish, and how many there are.
  template <class T>
  Array<T> outputs(size_t n) {
    std::vector<T> room(n + 8);
    std::memset(static_cast<void*>(room.data()), 0xA5, room.size() * sizeof(T));
    T* data = keep(std::move(room));
    const Array<T> given = array(data, n);
    if (given.n <= n + 8) outputs_.push_back({data, std::min(given.n, n) * sizeof(T), given.data != nullptr});
    return given;
  }
  template <class T>
  T* output() {
    T* data = keep(std::vector<T>(1));
    std::memset(static_cast<void*>(data), 0xA5, sizeof(T));
    outputs_.push_back({data, sizeof(T), true});
    T* given = pointer(data);
    outputs_.back().given = given != nullptr;
    return given;
  }
  Array<char> text() {
    const Array<char> room = outputs<char>(300);
    if (!outputs_.empty()) outputs_.back().bytes = std::min<size_t>(outputs_.back().bytes, 1);
    return {room.data, std::min<size_t>(room.n, 308)};
  }
  // Fails the test where an output is not 0.
  void expect_cleared() const {
    for (const Output& out : outputs_)
      for (size_t i = 0; out.given && i < out.bytes; ++i)
        ASSERT_EQ(static_cast<const char*>(out.data)[i], 0) << "byte " << i << " of an output";
  }

  template <class H>
  static H as(const void* handle) {
    return reinterpret_cast<H>(const_cast<void*>(handle));
  }
  template <class H>
  static H as(uintptr_t bits) {
    return reinterpret_cast<H>(bits);
  }
  template <class H>
  static H junk() {
    return as<H>(uintptr_t{0x4242424242424242});
  }

 private:
  struct Output {
    const void* data;
    size_t bytes;
    bool given;
  };
  Surroundings& s_;
  int wrong_, how_;
  std::optional<Armed> armed_;
  std::vector<int> choices_;
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<Output> outputs_;
};

// One function of the header.
struct Row {
  const char* function;
  std::function<gt_status(Surroundings&, Call&)> call;
};
std::vector<Row> rows_of_programs();  // of ops, tapes, rules, functions and plans
std::vector<Row> rows_of_loops();     // of operands that are functions
std::vector<Row> rows_of_sparse();    // of sparse derivatives
const std::vector<Row>& rows();       // all of the header that a test program is about
const char* header();                 // its path

inline const std::vector<float> numbers_given(kLength, 0.25f);
inline size_t bytes(Call& c, size_t right = kLength * 4) {
  return c.pick<size_t>(right, {right - 1, right * 2, 0, SIZE_MAX});
}
inline void count_free(void* data) { ++static_cast<Surroundings*>(data)->freed; }

}  // namespace test
