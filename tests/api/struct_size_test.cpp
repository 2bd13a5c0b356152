// Structs that begin with struct_size, all that the header has: every size from 0 to twice their own.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "support/tape_support.hpp"

namespace test {
namespace {

// How the library is given a struct of `bytes`, and what it says. The memory ends with the struct.
using Give = gt_status (*)(gt_context c, void* bytes);
struct Row {
  const char* name;
  std::vector<size_t> published;  // sizes, the last today's
  std::vector<uint8_t> values;    // a valid one
  bool filled_in;                 // by the library
  Give give;
};
template <class S>
std::vector<uint8_t> bytes_of(const S& s) {
  std::vector<uint8_t> bytes(sizeof s);
  std::memcpy(bytes.data(), &s, sizeof s);
  return bytes;
}

int32_t go_on(void*, uint64_t, uint64_t) { return 0; }
gt_status infer_same(gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
                     size_t* n) {
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
gt_status compute_nothing(void*, const gt_spec*, const void* const*, size_t, const gt_attr*, size_t, const gt_spec*,
                          void* const*, size_t) {
  return GT_OK;
}

gt_status give_jacobian_options(gt_context c, void* bytes) {
  gt_tensor x = scalar32(c, 2), jacobian = nullptr;
  gt_tape tape = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tape_watch(c, tape, x);
  gt_tensor y = gt_square(c, x);
  const auto* options = static_cast<const gt_jacobian_options*>(bytes);
  const gt_status status = gt_tape_jacobian(c, tape, y, &x, 1, options, &jacobian);
  EXPECT_EQ(jacobian != nullptr, status == GT_OK);
  gt_tensor in_batch[] = {tensor<float>(c, {2, 1}, {1, 2})};
  gt_tape_watch(c, tape, in_batch[0]);
  EXPECT_EQ(gt_tape_batch_jacobian(c, tape, gt_square(c, in_batch[0]), in_batch[0], options, &jacobian), status);
  gt_tape_end(c, tape);
  return status;
}
gt_status give_check_options(gt_context c, void* bytes) {
  gt_tape t = gt_tape_begin(c, 0);
  gt_tensor x = scalar32(c, 1);
  return gt_tape_check(c, t, x, &x, 1, static_cast<const gt_check_options*>(bytes), nullptr, 0, nullptr);
}
gt_status square_all(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t, size_t* n) {
  for (size_t i = 0; i < n_in; ++i) out[i] = gt_square(c, in[i]);
  *n = n_in;
  return GT_OK;
}
gt_status never(gt_context c, void*, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = tensor<uint8_t>(c, {}, {0});
  *n = 1;
  return GT_OK;
}
gt_status give_scan_options(gt_context c, void* bytes) {
  gt_tensor x = scalar32(c, 2), y = nullptr;
  return gt_scan(c, square_all, nullptr, nullptr, &x, 1, nullptr, 0, static_cast<const gt_scan_options*>(bytes), &y, 1,
                 nullptr);
}
gt_status give_while_options(gt_context c, void* bytes) {
  gt_tensor x = scalar32(c, 2), y = nullptr;
  return gt_while(c, never, square_all, nullptr, nullptr, &x, 1, static_cast<const gt_while_options*>(bytes), &y, 1,
                  nullptr);
}
gt_status give_checkpoint_options(gt_context c, void* bytes) {
  gt_tensor x = scalar32(c, 2), y = nullptr;
  return gt_checkpoint(c, square_all, nullptr, nullptr, &x, 1, static_cast<const gt_checkpoint_options*>(bytes), &y, 1,
                       nullptr);
}
gt_status give_vmap_options(gt_context c, void* bytes) {
  gt_tensor x = tensor<float>(c, {0}, {}), y = nullptr;
  return gt_vmap(c, square_all, nullptr, nullptr, &x, 1, nullptr, nullptr, static_cast<const gt_vmap_options*>(bytes),
                 &y, 1, nullptr);
}
gt_status give_root_options(gt_context c, void* bytes) {
  gt_tensor x = scalar32(c, 2), y = nullptr;
  return gt_root(c, square_all, nullptr, nullptr, &x, 1, static_cast<const gt_root_options*>(bytes), &y, 1, nullptr);
}
gt_status give_sparse_options(gt_context c, void* bytes) {
  gt_tape t = gt_tape_begin(c, 0);
  gt_tensor x = scalar32(c, 1);
  const auto* options = static_cast<const gt_sparse_options*>(bytes);
  return gt_tape_hessian_sparsity(c, t, x, &x, 1, options) ? GT_OK : GT_INVALID_ARGUMENT;
}
gt_status give_sparsity_info(gt_context c, void* bytes) {
  const int64_t offset = 0;
  gt_sparsity empty = gt_sparsity_create(c, 0, 0, &offset, nullptr, 0);
  return gt_sparsity_describe(c, empty, static_cast<gt_sparsity_info*>(bytes));
}
gt_status give_memory_info(gt_context c, void* bytes) {
  return gt_memory_stats(c, static_cast<gt_memory_info*>(bytes));
}
gt_status give_op_definition(gt_context, void* bytes) {
  static int names = 0;
  const std::string name = "struct_size_" + std::to_string(names++);
  return gt_register_op(name.c_str(), static_cast<const gt_op_definition*>(bytes), nullptr, nullptr);
}

std::vector<Row> rows() {
  gt_jacobian_options options{};
  options.progress = go_on;
  gt_op_definition definition{};
  definition.infer = infer_same;
  definition.compute = compute_nothing;
  return {{"gt_jacobian_options", {48}, bytes_of(options), false, give_jacobian_options},
          {"gt_check_options", {32}, bytes_of(gt_check_options{}), false, give_check_options},
          {"gt_scan_options", {32}, bytes_of(gt_scan_options{}), false, give_scan_options},
          {"gt_while_options", {24}, bytes_of(gt_while_options{}), false, give_while_options},
          {"gt_checkpoint_options", {8}, bytes_of(gt_checkpoint_options{}), false, give_checkpoint_options},
          {"gt_vmap_options", {24}, bytes_of(gt_vmap_options{}), false, give_vmap_options},
          {"gt_root_options", {32, 80}, bytes_of(gt_root_options{}), false, give_root_options},
          {"gt_sparse_options", {48}, bytes_of(gt_sparse_options{}), false, give_sparse_options},
          {"gt_sparsity_info", {80}, bytes_of(gt_sparsity_info{}), true, give_sparsity_info},
          {"gt_memory_info", {40, sizeof(gt_memory_info)}, bytes_of(gt_memory_info{}), true, give_memory_info},
          {"gt_op_definition", {40, 64}, bytes_of(definition), false, give_op_definition}};
}
const std::set<std::string> kGivenByTheLibrary = {"gt_call"};

class StructSize : public TapeTest {
 protected:
  // `behind` is the last byte, where that lies behind the known part.
  gt_status give(const Row& row, size_t size, uint8_t behind = 0, size_t claimed = 0) {
    memory_.assign(std::max(size, sizeof(size_t)), 0);
    memory_.shrink_to_fit();
    std::memcpy(memory_.data(), row.values.data(), std::min(size, row.values.size()));
    if (size > row.values.size()) memory_[size - 1] = behind;
    const size_t struct_size = claimed > 0 ? claimed : size;
    std::memcpy(memory_.data(), &struct_size, sizeof struct_size);
    const gt_status status = row.give(c, memory_.data());
    if (status != GT_OK && row.give != give_op_definition) {
      const std::string text = c.message();
      EXPECT_NE(text.find("struct_size"), std::string::npos) << text;
    }
    return status;
  }
  std::vector<uint8_t> memory_;
};

TEST_F(StructSize, EveryStructOfTheHeaderHasARow) {
  std::ifstream file(GRADTAPE_SOURCE "/include/gradtape/gradtape.h");
  std::stringstream text;
  text << file.rdbuf();
  const std::string header = text.str();
  const std::regex pattern(R"(typedef struct (\w+) \{\s*(/\*[^*]*\*/\s*)?size_t struct_size;)");
  std::set<std::string> found, covered = kGivenByTheLibrary;
  for (std::sregex_iterator it(header.begin(), header.end(), pattern), end; it != end; ++it) found.insert((*it)[1]);
  for (const Row& row : rows()) covered.insert(row.name);
  EXPECT_EQ(found, covered) << "what is new in the header needs a row here";
}
TEST_F(StructSize, OnlyPublishedAndLargerOnesAreTaken) {
  for (const Row& row : rows()) {
    const size_t own = row.values.size();
    EXPECT_EQ(row.published.back(), own) << row.name << ": its earlier size stays in the list";
    for (size_t size = 0; size <= 2 * own; ++size) {
      const bool good = size > own || std::ranges::count(row.published, size) > 0;
      EXPECT_EQ(give(row, size), good ? GT_OK : GT_INVALID_ARGUMENT) << row.name << " of " << size;
    }
    for (size_t size : {size_t{4097}, SIZE_MAX / 2, SIZE_MAX})
      EXPECT_EQ(give(row, own, 0, size), GT_INVALID_ARGUMENT) << row.name << " of " << size;
  }
}
TEST_F(StructSize, WhatThisVersionDoesNotKnowIsZero) {
  for (const Row& row : rows())
    for (size_t size = row.values.size() + 1; size <= 2 * row.values.size(); ++size) {
      EXPECT_EQ(give(row, size, 1), row.filled_in ? GT_OK : GT_INVALID_ARGUMENT) << row.name << " of " << size;
      if (row.filled_in) {
        EXPECT_EQ(memory_.back(), 0) << row.name << " of " << size;
      }
    }
}

}  // namespace
}  // namespace test
