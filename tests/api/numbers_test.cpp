// Numbers of the interface that never change: statuses, dtypes, flags, the layout of structs.
#include "support/support.hpp"

namespace test {
namespace {

TEST(Numbers, StatusAndDtypeNumbersNeverChange) {
  const gt_status statuses[] = {GT_OK,
                                GT_INVALID_ARGUMENT,
                                GT_NOT_FOUND,
                                GT_FAILED_PRECONDITION,
                                GT_OUT_OF_MEMORY,
                                GT_INVALID_HANDLE,
                                GT_UNSUPPORTED,
                                GT_BUSY,
                                GT_CALLBACK_FAILED,
                                GT_IO,
                                GT_INTERNAL,
                                GT_ALREADY_EXISTS,
                                GT_CANCELLED};
  const char* names[] = {"GT_OK",
                         "GT_INVALID_ARGUMENT",
                         "GT_NOT_FOUND",
                         "GT_FAILED_PRECONDITION",
                         "GT_OUT_OF_MEMORY",
                         "GT_INVALID_HANDLE",
                         "GT_UNSUPPORTED",
                         "GT_BUSY",
                         "GT_CALLBACK_FAILED",
                         "GT_IO",
                         "GT_INTERNAL",
                         "GT_ALREADY_EXISTS",
                         "GT_CANCELLED"};
  for (int i = 0; i <= 12; ++i) {
    EXPECT_EQ(statuses[i], i);
    EXPECT_STREQ(gt_status_name(i), names[i]);
  }
  EXPECT_STREQ(gt_status_name(-1), "GT_?");
  EXPECT_STREQ(gt_status_name(13), "GT_?");
  EXPECT_EQ((std::vector<int>{GT_BOOL, GT_INT32, GT_INT64, GT_FLOAT32, GT_FLOAT64}), (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ((std::vector<int>{GT_ATTR_INT, GT_ATTR_FLOAT, GT_ATTR_BOOL, GT_ATTR_STRING, GT_ATTR_DTYPE}),
            (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ((std::vector<int>{GT_TAPE_PERSISTENT, GT_TAPE_MANUAL_WATCH, GT_UNCONNECTED_NULL, GT_UNCONNECTED_ZERO}),
            (std::vector<int>{1, 2, 0, 1}));
  EXPECT_EQ((std::vector<int>{GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE, GT_BATCH_INDEPENDENT, GT_BATCH_SUM}),
            (std::vector<int>{0, 1, 2, 0, 1}));
  EXPECT_EQ((std::vector<int>{GT_SPARSE_AUTO, GT_SPARSE_ACCUMULATE, GT_SPARSE_COMPRESS, GT_MODE_BOTH, GT_TRIANGLE_FULL,
                              GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER}),
            (std::vector<int>{0, 1, 2, 3, 0, 1, 2}));
  EXPECT_EQ((std::vector<int>{GT_DEPENDENCE_EXACT, GT_DEPENDENCE_CONSERVATIVE, GT_DEPENDENCE_TRUST, GT_CSR, GT_CSC,
                              GT_COO, GT_SPARSITY_SYMMETRIC, GT_SPARSITY_TRUSTED}),
            (std::vector<int>{0, 1, 2, 0, 1, 2, 1, 2}));
}
TEST(Numbers, PublicStructsKeepTheirLayout) {
  EXPECT_EQ(sizeof(gt_attr), 32u);
  EXPECT_EQ(sizeof(gt_spec), 136u);
  EXPECT_EQ(sizeof(gt_call), 64u);
  EXPECT_EQ(sizeof(gt_op_definition), 64u);
  EXPECT_EQ(offsetof(gt_op_definition, tangent), 40u) << "new fields come behind the old ones";
  EXPECT_EQ(sizeof(gt_jacobian_options), 48u);
  EXPECT_EQ(offsetof(gt_jacobian_options, memory_budget), 16u);
  EXPECT_EQ(offsetof(gt_jacobian_options, progress), 32u);
  EXPECT_EQ(sizeof(gt_sparse_options), 48u);
  EXPECT_EQ(offsetof(gt_sparse_options, memory_budget), 24u);
  EXPECT_EQ(sizeof(gt_sparsity_info), 80u);
  EXPECT_EQ(offsetof(gt_sparsity_info, seconds), 72u);
}
TEST(Numbers, TheVersionIsTheHeaders) {
  const std::string version = std::to_string(GT_VERSION_MAJOR) + "." + std::to_string(GT_VERSION_MINOR) + "." +
                              std::to_string(GT_VERSION_PATCH);
  EXPECT_EQ(gt_version(), version);
  EXPECT_EQ(gt_abi_version(), GT_ABI_VERSION);
}

}  // namespace
}  // namespace test
