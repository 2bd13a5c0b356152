// Between the C interface's structs and the library's own.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>

#include "capi/context.hpp"

namespace gradtape::core::capi {

// Copies text out by the rule for strings.
void write_text(std::string_view text, char* out, std::size_t capacity, std::size_t* needed);
// Empties the text, and sets needed to 0: a call that fails leaves them so.
inline void clear_text(char* out, std::size_t capacity, std::size_t* needed) {
  if (out && capacity > 0) *out = '\0';
  if (needed) *needed = 0;
}

// A status that a callback returned; another number counts as callback_failed.
Status callback_status(gt_status status);
std::string callback_failure(std::string_view what, gt_status status);

// The op's attributes from the user's, defaults filled in; null where the op has none. Throws naming op and attribute.
std::shared_ptr<Attrs> attrs_from(const Op& op, const gt_attr* attrs, std::size_t n);

// The reverse, for a callback: valid while this object lives. Attributes that are null or internal are left out.
class AttrArray {
 public:
  AttrArray(const Op* op, const Attrs* attrs);
  const gt_attr* data() const { return array_.data(); }
  std::size_t size() const { return array_.size(); }

 private:
  void add(const char* name, const AttrValue& value);
  std::vector<gt_attr> array_;
  std::deque<std::vector<uint8_t>> storage_;
};

// The sizes that an option struct has had in the header. A caller's struct has one of these, so no field is ever cut in
// two. A longer one is of a later header: the part that this version does not know must be 0, if it is input.
template <class S>
inline constexpr std::array struct_sizes = {sizeof(S)};
template <>
inline constexpr std::array struct_sizes<gt_op_definition> = {offsetof(gt_op_definition, tangent),
                                                              sizeof(gt_op_definition)};
template <>
inline constexpr std::array struct_sizes<gt_memory_info> = {offsetof(gt_memory_info, limit) + sizeof(uint64_t),
                                                            sizeof(gt_memory_info)};
template <>
inline constexpr std::array struct_sizes<gt_root_options> = {offsetof(gt_root_options, fixed_point),
                                                             sizeof(gt_root_options)};

enum class Direction { in, out };
// Throws where struct_size, and what lies behind the part that is known, are not as above. `what` begins the message.
void check_struct(std::string_view what, const void* given, std::span<const std::size_t> sizes, Direction direction);

// The known part of a caller's struct; what the caller does not have is 0.
template <class S>
S read_struct(std::string_view what, const S* given) {
  check_struct(what, given, struct_sizes<S>, Direction::in);
  S known{};
  std::memcpy(&known, given, std::min(given->struct_size, sizeof known));
  return known;
}
// Writes the values that the caller's struct has room for; the part that this version does not know is set to 0.
template <class S>
void write_struct(std::string_view what, S values, S* out) {
  check_struct(what, out, struct_sizes<S>, Direction::out);
  const std::size_t size = values.struct_size = out->struct_size;
  std::memset(static_cast<void*>(out), 0, size);
  std::memcpy(out, &values, std::min(size, sizeof values));
}

gt_spec spec_to_c(const Spec& spec, std::string_view what);
Spec spec_from_c(const gt_spec& spec, std::string_view what);

// dims and rank as given by a user.
Shape shape_from(std::string_view what, gt_dtype dtype, const int64_t* dims, std::size_t rank);
// Throws where the pointer is null; the text says what it is of.
template <class... Args>
void need_pointer(const void* pointer, fmt::format_string<Args...> what, Args&&... args) {
  if (!pointer) invalid("{} must not be NULL", fmt::format(what, std::forward<Args>(args)...));
}

// An array of the caller's, and how many elements it has; more than this many are a mistake.
inline constexpr std::size_t kMostElements = std::size_t{1} << 24;
template <class... Args>
void need_array(const void* pointer, std::size_t n, fmt::format_string<Args...> what, Args&&... args) {
  if (n > kMostElements)
    invalid("{}: {} elements are too many; there can be {}", fmt::format(what, std::forward<Args>(args)...), n,
            kMostElements);
  if (n > 0 && !pointer)
    invalid("{} must not be NULL with a count of {}", fmt::format(what, std::forward<Args>(args)...), n);
}
// Sets all elements of an array of outputs to 0 or NULL: a call that fails leaves them so.
template <class T>
void clear_array(T* array, std::size_t n) {
  if (array && n <= kMostElements) std::fill_n(array, n, T{});
}

// For the length of a callback: handles to inputs and outputs, and what it leaves. The handles that the callback wrote
// into its slots are taken over: each is released, the lent ones with the loan.
class Loan {
 public:
  explicit Loan(Context& context)
      : context_(context), scope_(context), had_error_(context.error && !context.error->symbolic) {}
  ~Loan();
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  void lend(std::span<const Tensor> tensors, std::vector<gt_tensor>& out);
  // The tensors behind the handles in the slots; an empty one for NULL. The slots are the library's from then on.
  Tensors take(std::span<gt_tensor> slots, std::string_view what);
  // The callback returned a failure: throws it with the first message that an op of the callback left, if any.
  [[noreturn]] void failed(std::string_view what, gt_status status) const;

 private:
  Context& context_;
  CallbackScope scope_;
  bool had_error_;
  std::vector<uint64_t> lent_;
};

}  // namespace gradtape::core::capi
