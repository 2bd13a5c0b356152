// A product in blocks that fit the caches. Included once for each instruction set.

template <class T>
struct Gemm {
  using Tile = GemmTile<T>;
  using Packing = GemmPacking<T>;
  static constexpr int kRows = Tile::kRows, kColumns = Tile::kColumns, kLanes = Tile::kLanes;

  // A panel of b, kColumns wide, goes through the first-level cache; a block of a stays in the second; all panels of b
  // in the third. All in elements.
  static constexpr int64_t kDepth = 384 * 4 / sizeof(T), kBlock = (512 << 10) / sizeof(T), kWidth = 2048;
  // An operand is read where it lies if few blocks read it, but not if its lines fall on few places of the cache.
  static constexpr int64_t kFew = 4;
  static bool collides(const Operand<T>& x) { return x.step * static_cast<int64_t>(sizeof(T)) % 4096 == 0; }

  // The sizes of blocks: each dimension in even parts.
  struct Plan {
    int64_t depth, block, width;  // of k, of m, of n

    Plan(const Product<T>& p, const RowsDone* done) : depth(even(p.k, kDepth)), width(std::min(p.n, kWidth)) {
      // Rows that are read when they are complete should still be in the cache then.
      const int64_t row = std::max<int64_t>(1, depth + (done ? width : 0));
      block = even(p.m, std::max<int64_t>(kRows, kBlock / row));
      if (done) block = std::min(p.m, (block + done->grain - 1) / done->grain * done->grain);
    }
    static int64_t even(int64_t size, int64_t most) {
      const int64_t parts = std::max<int64_t>(1, (size + most - 1) / most);
      return (size + parts - 1) / parts;
    }
    int64_t a_room() const { return (block * depth + 2 * kLanes - 1) / kLanes * kLanes; }  // and a vector more
  };
  // A block has no more rows than the product, and at most a grain more than fit the cache.
  static std::size_t room(int64_t m, int64_t n, int64_t k, int64_t grain) {
    const int64_t block = std::min(m * k, kBlock + std::max<int64_t>(kRows, grain) * kDepth);
    const int64_t turned = n <= kLanes ? kLanes * std::min(m, kWidth) + kColumns * std::min(k, kDepth) : 0;
    return static_cast<std::size_t>(turned + block + 2 * kLanes +
                                    (std::min(n, kWidth) + kColumns) * std::min(k, kDepth));
  }

  static void multiply(const Product<T>& p, T* room, const RowsDone* done) {
    if (p.a.transposed && p.n <= kLanes && p.m > kColumns && !p.add && !done) return multiply_turned(p, room);
    const Plan plan(p, done);
    if (p.k == 0) nothing(p, done);
    for (int64_t j = 0; j < p.n; j += plan.width)
      for (int64_t l = 0; l < p.k; l += plan.depth) {
        const int64_t columns = std::min(plan.width, p.n - j), depth = std::min(plan.depth, p.k - l);
        const Product<T> slice{p.m, columns, depth, p.a.from(0, l), p.b.from(l, j), p.out + j, p.step, p.add || l > 0};
        const bool last = j + columns == p.n && l + depth == p.k;
        Slice(slice, plan, room).multiply(last ? done : nullptr);
      }
  }
  // out^T = b^T a^T: where b is narrow, a^T in rows gives longer vectors. room: for the result and the product.
  static void multiply_turned(const Product<T>& p, T* room) {
    for (int64_t i = 0; i < p.m; i += kWidth) {
      const int64_t rows = std::min(kWidth, p.m - i);
      const Operand<T> a = p.a.from(i, 0), left{p.b.data, p.b.step, !p.b.transposed}, right{a.data, a.step, false};
      multiply({p.n, rows, p.k, left, right, room, rows}, room + kLanes * std::min(p.m, kWidth), nullptr);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < p.n; ++c) p.out[(i + r) * p.step + c] = room[c * rows + r];
    }
  }
  static void nothing(const Product<T>& p, const RowsDone* done) {
    for (int64_t i = 0; i < p.m && !p.add; ++i) std::fill_n(p.out + i * p.step, p.n, T(0));
    if (done) done->call(done->state, 0, p.m);
  }

  // A product of which b's panels are packed at once.
  class Slice {
   public:
    Slice(const Product<T>& p, const Plan& plan, T* room)
        : p_(p),
          block_(plan.block),
          pack_a_(p.n > (p.a.transposed ? 1 : kFew) * kColumns || collides(p.a)),
          pack_b_(p.b.transposed || p.m > kFew * kRows || collides(p.b)),
          one_panel_(p.m <= plan.block),
          a_(room),
          b_(room + plan.a_room()) {}

    void multiply(const RowsDone* done) const {
      for (int64_t i = 0; i < p_.m; i += block_) {
        const int64_t rows = std::min(block_, p_.m - i), tiles = (rows + kRows - 1) / kRows;
        for (int64_t t = 0; pack_a_ && t < tiles; ++t) pack(i + rows * t / tiles, height(rows, t, tiles), i);
        for (int64_t j = 0; j < p_.n; j += kColumns) panel(i, rows, tiles, j);
        if (done) done->call(done->state, i, rows);
      }
    }

   private:
    // Tiles of a block are of even height, not most of them high and one low.
    static int height(int64_t rows, int64_t t, int64_t tiles) {
      return static_cast<int>(rows * (t + 1) / tiles - rows * t / tiles);
    }

    void pack(int64_t row, int count, int64_t block) const {
      const Operand<T> a = p_.a.from(row, 0);
      Packing::pack(a, a.transposed, count, p_.k, count, a_ + (row - block) * p_.k);
    }

    // The columns from j of the rows from i.
    void panel(int64_t i, int64_t rows, int64_t tiles, int64_t j) const {
      const int columns = static_cast<int>(std::min<int64_t>(kColumns, p_.n - j));
      const int vectors = (columns + kLanes - 1) / kLanes;
      const Operand<T> b = p_.b.from(0, j);
      typename Tile::Sides sides{nullptr, 0, 0, b.data, b.step, p_.k};
      if (pack_b_ || columns < vectors * kLanes) {
        T* packed = one_panel_ ? b_ : b_ + j * p_.k;
        sides.b = packed;
        sides.b_step = kColumns;
        if (i == 0) Packing::pack(b, !b.transposed, columns, p_.k, kColumns, packed);
      }
      for (int64_t t = 0; t < tiles; ++t) {
        const int64_t row = i + rows * t / tiles;
        const int high = height(rows, t, tiles);
        const Operand<T> a = p_.a.from(row, 0);
        sides.a = pack_a_ ? a_ + (row - i) * p_.k : a.data;
        sides.a_row = pack_a_ || a.transposed ? 1 : a.step;
        sides.a_step = pack_a_ ? high : a.transposed ? a.step : 1;
        write(sides, high, vectors, columns, p_.out + row * p_.step + j);
      }
    }

    static_assert(Tile::kVectors == 2);
    void write(const typename Tile::Sides& sides, int rows, int vectors, int columns, T* out) const {
      const auto tile = Tile::choose(rows, vectors);
      if (columns == vectors * kLanes) return tile(sides, out, p_.step, p_.add);
      alignas(kVectorBytes) T whole[kRows * kColumns];
      tile(sides, whole, kColumns, false);
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
          T& to = out[r * p_.step + c];
          to = p_.add ? to + whole[r * kColumns + c] : whole[r * kColumns + c];
        }
    }

    const Product<T>& p_;
    int64_t block_;
    bool pack_a_, pack_b_, one_panel_;
    T *a_, *b_;
  };

  static GemmKernels<T> table() { return {kRows, kColumns, room, multiply}; }
};
