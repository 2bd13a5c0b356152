// Compressions of Jacobians and Hessians: each entry comes back, and known patterns need the known number of products.
#include "sparse/compression.hpp"

#include "base/error.hpp"
#include "support/compressed.hpp"
#include "support/patterns.hpp"

namespace gradtape::core {
namespace {

constexpr Sweeps kSweeps[] = {Sweeps::automatic, Sweeps::forward, Sweeps::reverse, Sweeps::both};

Compression compress(const Pattern& p, Sweeps allowed, double reverse_cost = 2) {
  return compress_jacobian(p, {allowed, reverse_cost});
}
double cost(const Compression& c, double reverse_cost = 2) { return c.forward + reverse_cost * c.reverse; }

TEST(Jacobian, GivesEachEntryOfShapedPatterns) {
  for (const auto& [name, pattern] : shaped_patterns())
    for (const Sweeps allowed : kSweeps) {
      const Compression c = compress(pattern, allowed);
      EXPECT_TRUE(check_compression(pattern, c)) << name << ", sweeps " << static_cast<int>(allowed);
      EXPECT_TRUE(allowed != Sweeps::forward || c.reverse == 0) << name;
      EXPECT_TRUE(allowed != Sweeps::reverse || c.forward == 0) << name;
    }
}

TEST(Jacobian, GivesEachEntryOfRandomPatterns) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Pattern p = random_pattern(1 + seed % 23, 1 + seed * 7 % 31, 0.02 + 0.4 * (seed % 10) / 10, seed);
    for (const Sweeps allowed : kSweeps)
      EXPECT_TRUE(check_compression(p, compress(p, allowed)))
          << "seed " << seed << ", sweeps " << static_cast<int>(allowed);
  }
}

TEST(Hessian, GivesEachEntryOfShapedPatternsFromOnePlaceForBothHalves) {
  for (const auto& [name, pattern] : shaped_patterns())
    if (pattern.rows == pattern.columns) {
      const Pattern p = mirrored(pattern);
      EXPECT_TRUE(check_compression(p, compress_hessian(p), true)) << name;
    }
}

TEST(Hessian, GivesEachEntryOfRandomPatternsFromOnePlaceForBothHalves) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const int64_t n = 1 + seed % 37;
    const Pattern p = mirrored(random_pattern(n, n, 0.01 + 0.3 * (seed % 10) / 10, seed));
    EXPECT_TRUE(check_compression(p, compress_hessian(p), true)) << "seed " << seed;
  }
}

TEST(Jacobian, NeedsTheKnownNumbersOfProducts) {
  EXPECT_EQ(compress(banded(100, 0), Sweeps::forward).forward, 1);
  EXPECT_EQ(compress(banded(100, 1), Sweeps::forward).forward, 3);
  EXPECT_EQ(compress(banded(100, 1), Sweeps::reverse).reverse, 3);
  EXPECT_EQ(compress(banded(100, 4), Sweeps::forward).forward, 9);
  EXPECT_EQ(compress(blocks(10, 4), Sweeps::forward).forward, 4);
  EXPECT_EQ(compress(blocks(1, 20), Sweeps::forward).forward, 20);
  EXPECT_EQ(compress(arrowhead(50), Sweeps::forward).forward, 50);
  EXPECT_EQ(cost(compress(Pattern{5, 5, std::vector<int64_t>(6), {}}, Sweeps::automatic)), 0);
}

TEST(Hessian, NeedsTheKnownNumbersOfProducts) {
  EXPECT_EQ(compress_hessian(banded(100, 0)).forward, 1);
  EXPECT_EQ(compress_hessian(banded(100, 1)).forward, 3);
  EXPECT_EQ(compress_hessian(arrowhead(50)).forward, 2);
  EXPECT_EQ(compress_hessian(blocks(1, 20)).forward, 20);
  EXPECT_EQ(compress_hessian(blocks(10, 4)).forward, 4);
}

}  // namespace
}  // namespace gradtape::core
