// Included once for each instruction set.

// Quicksort from one buffer to another and back; what is short enough goes through the network.
template <class K>
struct Quicksort {
  static constexpr int64_t kShort = kVectorBytes == 16 ? kFew : 10;  // keys up to which insertion is fastest

  // Where the instruction set has no moves within a vector that depend on values, by bytes.
  static void sort(K* keys, K* room, int64_t n) {
    if (n <= kShort) {
      insertion_sort(keys, n);
    } else if constexpr (kVectorBytes == 16) {
      radix_sort(keys, room, n, keys);
    } else {
      sort(keys, room, n, false, 2 * std::bit_width(static_cast<uint64_t>(n)));
    }
  }
  static KeySorter<K> sorter() { return sort; }

 private:
  // The keys, which are in `room` where in_room, become sorted ones in `to`. What is still long after so many
  // partitions as `tries` is sorted by bytes: bad pivots cost no more than that.
  static void sort(K* to, K* room, int64_t n, bool in_room, int tries) {
    while (n > Network<K, 16>::kSize) {
      K* const from = in_room ? room : to;
      K* const other = in_room ? to : room;
      if (tries-- == 0) return radix_sort(from, other, n, to);
      const K pivot = pivot_of(from, n);
      int64_t less = Partition<K>::run(from, other, n, pivot);
      in_room = !in_room;
      if (less > 0) {
        sort(to, room, less, in_room, tries);
      } else {  // the pivot is the least: all that equal it are sorted
        if (pivot < static_cast<K>(~K(0)))
          less = Partition<K>::run(other, from, n, pivot + 1), in_room = !in_room;
        else
          less = n;
        std::fill_n(to, less, pivot);
      }
      to += less, room += less, n -= less;
    }
    const K* const from = in_room ? room : to;
    if (n > Network<K, 8>::kSize)
      Network<K, 16>::sort(from, to, n);
    else
      Network<K, 8>::sort(from, to, n);
  }

  static K median(K a, K b, K c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); }
  // Of nine keys, `step` apart, the median of medians of three.
  static K ninther(const K* x, int64_t step) {
    const auto of_three = [&](const K* three) { return median(three[0], three[step], three[2 * step]); };
    return median(of_three(x), of_three(x + 3 * step), of_three(x + 6 * step));
  }
  // The median of nine keys over the whole length, or of three such medians.
  static K pivot_of(const K* x, int64_t n) {
    constexpr int64_t kLong = 4096;
    if (n < kLong) return ninther(x + n / 20, n / 10);
    const int64_t step = n / 28;
    return median(ninther(x + step, step), ninther(x + 10 * step, step), ninther(x + 19 * step, step));
  }
};
