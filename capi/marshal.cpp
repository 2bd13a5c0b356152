#include "capi/marshal.hpp"

namespace gradtape::core::capi {

void write_text(std::string_view text, char* out, std::size_t capacity, std::size_t* needed) {
  if (needed) *needed = text.size() + 1;
  if (!out || capacity == 0) return;
  const std::size_t n = std::min(text.size(), capacity - 1);
  std::copy_n(text.data(), n, out);
  out[n] = '\0';
}

Status callback_status(gt_status status) {
  return status > GT_OK && status <= GT_CANCELLED ? static_cast<Status>(status) : Status::callback_failed;
}

std::string callback_failure(std::string_view what, gt_status status) {
  return fmt::format("{} returned {} ({})", what, gt_status_name(status), status);
}

namespace {
template <class T>
SmallVector<T, 6> list_of(const gt_attr& a) {
  const T* values = static_cast<const T*>(a.values);
  return SmallVector<T, 6>(values, values + a.count);
}

AttrValue value_of(std::string_view op, const gt_attr& a) {
  need_array(a.values, a.count, "{}: attribute {}: values", op, a.name);
  if (!a.is_list && a.kind != GT_ATTR_STRING && a.count != 1)
    invalid("{}: attribute {}: count must be 1 for what is no list, got {}", op, a.name, a.count);
  switch (a.kind) {
    case GT_ATTR_INT: {
      auto list = list_of<int64_t>(a);
      return a.is_list ? AttrValue(Ints(list.begin(), list.end())) : AttrValue(list[0]);
    }
    case GT_ATTR_FLOAT: {
      auto list = list_of<double>(a);
      return a.is_list ? AttrValue(Floats(list.begin(), list.end())) : AttrValue(list[0]);
    }
    case GT_ATTR_BOOL:
      if (a.is_list) invalid("{}: attribute {}: there are no lists of bools", op, a.name);
      return *static_cast<const uint8_t*>(a.values) != 0;
    case GT_ATTR_STRING:
      if (a.is_list) invalid("{}: attribute {}: there are no lists of strings", op, a.name);
      return std::string(static_cast<const char*>(a.values), a.count);
    case GT_ATTR_DTYPE:
      if (a.is_list) invalid("{}: attribute {}: there are no lists of dtypes", op, a.name);
      return static_cast<Dtype>(*static_cast<const gt_dtype*>(a.values));
  }
  invalid("{}: attribute {}: kind {} is none; kinds are GT_ATTR_INT to GT_ATTR_DTYPE, 1 to 5", op, a.name, a.kind);
}

[[noreturn]] void unknown_attr(const Op& op, const char* name) {
  std::string names;
  for (const AttrSpec& spec : op.attrs)
    if (spec.kinds != kAttrPayload) names += (names.empty() ? "" : ", ") + spec.name;
  invalid("{}: no attribute is named {}; {}", op.name, name, names.empty() ? "it has none" : "it has " + names);
}
}  // namespace

std::shared_ptr<Attrs> attrs_from(const Op& op, const gt_attr* attrs, std::size_t n) {
  need_array(attrs, n, "{}: attrs", op.name);
  for (std::size_t i = 0; i < n; ++i)
    if (!attrs[i].name) invalid("{}: attribute {} has no name", op.name, i);
  if (!op.by_user && op.attrs.empty() && n == 0) return nullptr;
  auto result = std::make_shared<Attrs>();
  if (op.by_user) {
    for (std::size_t i = 0; i < n; ++i) {
      result->names.push_back(attrs[i].name);
      result->values.push_back(value_of(op.name, attrs[i]));
    }
    return result;
  }
  SmallVector<bool, 8> given(op.attrs.size(), false);
  for (const AttrSpec& spec : op.attrs) result->values.push_back(spec.fallback);
  for (std::size_t i = 0; i < n; ++i) {
    const auto it = std::ranges::find_if(
        op.attrs, [&](const AttrSpec& s) { return s.kinds != kAttrPayload && s.name == attrs[i].name; });
    if (it == op.attrs.end()) unknown_attr(op, attrs[i].name);
    const auto k = static_cast<std::size_t>(it - op.attrs.begin());
    if (given[k]) invalid("{}: attribute {} is given twice", op.name, it->name);
    given[k] = true;
    result->values[k] = convert_attr(op.name, *it, value_of(op.name, attrs[i]));
  }
  for (std::size_t k = 0; k < op.attrs.size(); ++k)
    if (op.attrs[k].required && !given[k])
      invalid("{}: attribute {} ({}) is required", op.name, op.attrs[k].name, kinds_to_string(op.attrs[k].kinds));
  return result;
}

AttrArray::AttrArray(const Op* op, const Attrs* attrs) {
  if (!op || !attrs) return;
  for (std::size_t i = 0; i < attrs->values.size(); ++i) {
    if (op->by_user)
      add(attrs->names[i].c_str(), attrs->values[i]);
    else if (op->attrs[i].kinds != kAttrPayload)
      add(op->attrs[i].name.c_str(), attrs->values[i]);
  }
}

void AttrArray::add(const char* name, const AttrValue& value) {
  const auto store = [&](int32_t kind, bool list, const void* data, std::size_t count, std::size_t size) {
    std::vector<uint8_t> bytes(std::max<std::size_t>(1, count * size));
    if (count > 0) std::memcpy(bytes.data(), data, count * size);
    storage_.push_back(std::move(bytes));
    array_.push_back({name, kind, list, count, storage_.back().data()});
  };
  if (const auto* i = std::get_if<int64_t>(&value)) store(GT_ATTR_INT, false, i, 1, sizeof *i);
  if (const auto* d = std::get_if<double>(&value)) store(GT_ATTR_FLOAT, false, d, 1, sizeof *d);
  if (const auto* b = std::get_if<bool>(&value)) store(GT_ATTR_BOOL, false, b, 1, 1);
  if (const auto* s = std::get_if<std::string>(&value)) store(GT_ATTR_STRING, false, s->data(), s->size(), 1);
  if (const auto* d = std::get_if<Dtype>(&value)) store(GT_ATTR_DTYPE, false, d, 1, sizeof *d);
  if (const auto* list = std::get_if<Ints>(&value))
    store(GT_ATTR_INT, true, list->data(), list->size(), sizeof(int64_t));
  if (const auto* list = std::get_if<Floats>(&value))
    store(GT_ATTR_FLOAT, true, list->data(), list->size(), sizeof(double));
}

void check_struct(std::string_view what, const void* given, std::span<const std::size_t> sizes, Direction direction) {
  constexpr std::size_t kMost = 4096;  // more is memory that nobody filled in
  std::size_t size;
  std::memcpy(&size, given, sizeof size);
  const std::size_t known = sizes.back();
  if (size > kMost || (size < known && std::ranges::find(sizes, size) == sizes.end()))
    invalid("{}: struct_size must be the struct's sizeof, {}, got {}", what, known, size);
  const std::byte* bytes = static_cast<const std::byte*>(given);
  if (direction == Direction::in && size > known &&
      std::any_of(bytes + known, bytes + size, [](std::byte b) { return b != std::byte{0}; }))
    invalid("{}: struct_size is {}, of which this version knows {}: what lies behind must be 0", what, size, known);
}

gt_spec spec_to_c(const Spec& spec, std::string_view what) {
  gt_spec c{};
  if (spec.shape.rank() > GT_MAX_RANK)
    fail(Status::unsupported, "{}: a gt_spec has at most {} axes, got {}", what, +GT_MAX_RANK, to_string(spec.shape));
  c.dtype = static_cast<gt_dtype>(spec.dtype);
  c.rank = static_cast<int32_t>(spec.shape.rank());
  std::copy(spec.shape.begin(), spec.shape.end(), c.dims);
  return c;
}

Spec spec_from_c(const gt_spec& c, std::string_view what) {
  if (c.rank < 0) invalid("{}: a rank is 0 to {}, got rank {}", what, +GT_MAX_RANK, c.rank);
  return {static_cast<Dtype>(c.dtype), shape_from(what, c.dtype, c.dims, c.rank), false};
}

Shape shape_from(std::string_view what, gt_dtype dtype, const int64_t* dims, std::size_t rank) {
  if (!is_known(static_cast<Dtype>(dtype)))
    invalid("{}: {} is no dtype; dtypes are GT_BOOL 1, GT_INT32 2, GT_INT64 3, GT_FLOAT32 4, GT_FLOAT64 5", what,
            dtype);
  if (rank > GT_MAX_RANK) invalid("{}: a tensor has at most {} axes, got {}", what, +GT_MAX_RANK, rank);
  if (rank > 0) need_pointer(dims, "{}: dims with rank {}", what, rank);
  Shape shape(std::span(dims, rank));
  check_bytes(what, shape, size_of(static_cast<Dtype>(dtype)));
  return shape;
}

void Loan::lend(std::span<const Tensor> tensors, std::vector<gt_tensor>& out) {
  lent_.reserve(lent_.size() + tensors.size());
  out.reserve(out.size() + tensors.size());
  for (const Tensor& t : tensors) {
    const uint64_t handle = context_.handles().add(t);
    context_.handles().set_lent(handle);
    lent_.push_back(handle);
    out.push_back(to_handle<gt_tensor>(handle));
  }
}

Tensors Loan::take(std::span<gt_tensor> slots, std::string_view what) {
  Tensors tensors;
  const auto give_back = [&] {
    for (gt_tensor& slot : slots) {
      if (slot) context_.release(bits_of(slot));  // refuses the lent ones; the second of two equal ones is gone
      slot = nullptr;
    }
  };
  try {
    for (std::size_t i = 0; i < slots.size(); ++i)
      tensors.push_back(slots[i] ? context_.read(slots[i], fmt::format("{} {}", what, i)) : Tensor());
  } catch (...) {
    give_back();
    throw;
  }
  give_back();
  return tensors;
}

// An exception does not pass through the callback: it is thrown again here, as what it was.
void Loan::failed(std::string_view what, gt_status status) const {
  const bool told = !had_error_ && context_.error && !context_.error->message.empty();
  std::string message = told ? context_.error->message : callback_failure(what, status);
  if (scope_.asked_symbolic()) throw SymbolicRead(callback_status(status), std::move(message));
  throw Error(callback_status(status), std::move(message));
}

Loan::~Loan() {
  for (uint64_t handle : lent_) context_.handles().remove(handle);
}

}  // namespace gradtape::core::capi
