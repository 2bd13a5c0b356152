// Tests of each op of the registry.
#pragma once

#include <string>

#include "support.hpp"

namespace test {

// Registers a case SUITE.OP for each op, a Test made of the op's name and of whatever else is given: after
// testing::InitGoogleTest, before RUN_ALL_TESTS.
template <class Test, class... More>
void register_each_op(const char* suite, More... more) {
  for (std::size_t i = 0; i < gt_op_count(); ++i) {
    const std::string op = gt_op_name(i);
    testing::RegisterTest(suite, op.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [=]() -> testing::Test* { return new Test(op, more...); });
  }
}

}  // namespace test
