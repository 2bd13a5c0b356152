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
  EXPECT_EQ(compress_hessian(on_lattice(diamond({20, 20}, 1))).forward, 5);
}

TEST(Jacobian, TakesDenseRowsAndColumnsApart) {
  const Pattern row = pattern_where(60, 60, [](int64_t i, int64_t j) { return i == j || i == 7; });
  const Compression by_row = compress(row, Sweeps::automatic);
  EXPECT_EQ(by_row.forward, 1);
  EXPECT_EQ(by_row.reverse, 1);
  const Compression by_column = compress(transposed(row), Sweeps::automatic);
  EXPECT_EQ(cost(by_column), 2) << "a forward product for the column, and one for all others";
  // A band and five dense rows: each row costs one reverse product.
  const Pattern band =
      pattern_where(200, 200, [](int64_t i, int64_t j) { return std::abs(i - j) <= 5 || i % 40 == 3; });
  const Compression c = compress(band, Sweeps::automatic);
  EXPECT_TRUE(check_compression(band, c));
  EXPECT_EQ(c.forward, 11);
  EXPECT_EQ(c.reverse, 5);
  EXPECT_EQ(c.peeled, 5);
}

TEST(Jacobian, LetsDenseRowsThatDoNotMeetShareAProduct) {
  const Pattern p =
      pattern_where(90, 90, [](int64_t i, int64_t j) { return i == j || (i % 30 == 0 && j / 30 == i / 30); });
  const Compression c = compress(p, Sweeps::automatic);
  EXPECT_TRUE(check_compression(p, c));
  EXPECT_EQ(c.forward, 1);
  EXPECT_EQ(c.reverse, 1);
}

TEST(Hessian, TakesDenseRowsApart) {
  const Pattern p =
      pattern_where(200, 200, [](int64_t i, int64_t j) { return std::abs(i - j) <= 5 || i % 40 == 3 || j % 40 == 3; });
  const Compression c = compress_hessian(p);
  EXPECT_TRUE(check_compression(p, c, true));
  EXPECT_LE(c.forward, 16);
  // One vertex of many neighbours, and many of some.
  const Pattern mixed = mirrored(pattern_where(600, 600, [](int64_t i, int64_t j) {
    return std::abs(i - j) <= 1 || (i == 0 && j % 2 == 0) || (i % 20 == 5 && (j * 7 + i) % 60 == 0);
  }));
  const Compression of_mixed = compress_hessian(mixed);
  EXPECT_TRUE(check_compression(mixed, of_mixed, true));
  EXPECT_LE(of_mixed.forward, 20);
}

TEST(Jacobian, TakesTheCheaperDirection) {
  const Pattern wide = random_pattern(4, 60, 0.5, 1);
  for (const Pattern& p : {wide, transposed(wide)}) {
    const double forward = cost(compress(p, Sweeps::forward)), reverse = cost(compress(p, Sweeps::reverse));
    EXPECT_LE(cost(compress(p, Sweeps::automatic)), std::min(forward, reverse));
  }
  const Pattern square = random_pattern(30, 30, 0.9, 2);
  const Compression dear = compress(square, Sweeps::automatic, 1000), cheap = compress(square, Sweeps::automatic, 0.01);
  EXPECT_EQ(dear.reverse, 0);
  EXPECT_EQ(cheap.forward, 0);
}

TEST(Jacobian, NeverCostsMoreThanOneWayAloneWouldIfAllAreAllowed) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const Pattern p = random_pattern(30, 20, 0.05 + 0.01 * seed, seed);
    const double automatic = cost(compress(p, Sweeps::automatic));
    for (const Sweeps allowed : kSweeps) EXPECT_LE(automatic, cost(compress(p, allowed))) << seed;
  }
}

TEST(Both, NeedFewProductsForManyHubs) {
  // Dense rows and dense columns that meet: neither direction alone is cheap, nor rows or columns taken apart.
  const Pattern p = pattern_where(
      120, 120, [](int64_t i, int64_t j) { return i == j || (i < 4 && j % 2 == 0) || (j > 115 && i % 2 == 0); });
  const Compression c = compress(p, Sweeps::automatic);
  EXPECT_TRUE(check_compression(p, c));
  EXPECT_LE(cost(c), 16);
  EXPECT_GE(cost(compress(p, Sweeps::forward)), 60);
}

TEST(Both, NeedFewProductsForNetworks) {
  const Pattern p = network(2000, 5);
  EXPECT_GT(longest_row(p), 150);
  const Compression c = compress(p, Sweeps::automatic);
  EXPECT_TRUE(check_compression(p, c));
  EXPECT_LE(c.forward + c.reverse, 30);
}

TEST(Hessian, NeedsFewProductsForNetworks) {
  const Pattern p = network(2000, 5);
  const Compression c = compress_hessian(p);
  EXPECT_TRUE(check_compression(p, c, true));
  EXPECT_LE(c.forward, 20);
}

TEST(Both, AreOfTheCheaperDirectionIfOneWouldDo) {
  const Pattern p = banded(100, 1);
  EXPECT_EQ(cost(compress(p, Sweeps::both)), 3);
  EXPECT_EQ(cost(compress(p, Sweeps::both, 0.25), 0.25), 0.75);
}

TEST(Jacobian, TakesDenseColumnsApartOfAMatrixTooLargeForBothDirections) {
  std::vector<std::vector<int32_t>> rows(220'000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {0, 1, 2, 3, static_cast<int32_t>(i)};
  const auto columns = static_cast<int64_t>(rows.size());
  const Compression c = compress(pattern_of(columns, std::move(rows)), Sweeps::automatic, 0.5);
  EXPECT_EQ(c.forward, 4);
  EXPECT_EQ(c.reverse, 1);
  EXPECT_EQ(c.peeled, 4);
}

TEST(Compression, DropsProductsThatNoEntryNeeds) {
  // Without a diagonal the product with the first column gives all: the first row is its mirror image.
  const Pattern star = pattern_where(20, 20, [](int64_t i, int64_t j) { return (i == 0) != (j == 0); });
  const Compression c = compress_hessian(star);
  EXPECT_TRUE(check_compression(star, c, true));
  EXPECT_EQ(c.forward, 1);
  EXPECT_EQ(std::ranges::count(c.column_colours, 0), 1);
}

TEST(Compression, RefusesAPatternThatIsNotSymmetric) {
  EXPECT_THROW(compress_hessian(pattern_of(2, {{0, 1}, {1}})), Error);
  EXPECT_THROW(compress_hessian(pattern_of(2, {{1}, {1}})), Error);
  EXPECT_THROW(compress_hessian(pattern_of(3, {{1}, {2}, {0}})), Error);
}

TEST(Compression, IsTheSameAtEachCall) {
  const Pattern p = random_pattern(80, 80, 0.05, 9), s = mirrored(p);
  const Compression a = compress(p, Sweeps::automatic), b = compress(p, Sweeps::automatic);
  EXPECT_EQ(a.read_at, b.read_at);
  EXPECT_EQ(a.column_colours, b.column_colours);
  EXPECT_EQ(compress_hessian(s).read_at, compress_hessian(s).read_at);
}

TEST(CheckCompression, FindsWrongPlacesAndColours) {
  const Pattern p = banded(20, 1);
  const Compression right = compress_hessian(p);
  ASSERT_TRUE(check_compression(p, right, true));
  Compression c = right;
  c.column_colours[7] = c.column_colours[8];
  EXPECT_FALSE(check_compression(p, c, true)) << "two columns that meet";
  c = right;
  std::swap(c.read_at[3], c.read_at[4]);
  EXPECT_FALSE(check_compression(p, c, true)) << "two places exchanged";
  c = right;
  c.read_at[3] = -1;
  EXPECT_FALSE(check_compression(p, c, true)) << "no place";
  c = right;
  ++c.forward;
  EXPECT_FALSE(check_compression(p, c, true)) << "an empty product";
  EXPECT_FALSE(check_compression(p, compress(p, Sweeps::forward), true) &&
               check_compression(p, compress(p, Sweeps::reverse), true))
      << "mirror images from two places";
}

}  // namespace
}  // namespace gradtape::core
