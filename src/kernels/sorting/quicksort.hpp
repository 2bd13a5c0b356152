// Included once for each instruction set.

// Quicksort from one buffer to another and back; what is short enough goes through the network.
template <class K>
struct Quicksort {
  static constexpr int64_t kShort = kVectorBytes == 16 ? kFew : 20;  // keys up to which insertion is fastest

  // Where the instruction set has no moves within a vector that depend on values, by bytes.
  static void sort(K* keys, K* room, int64_t n) {
    if (n <= kShort) {
      insertion_sort(keys, n);
    } else if constexpr (kVectorBytes == 16) {
      if (radix_sort(keys, room, n) != keys) std::memcpy(keys, room, static_cast<std::size_t>(n) * sizeof(K));
    } else {
      sort(keys, room, n, false, 2 * std::bit_width(static_cast<uint64_t>(n)));
    }
  }
  static KeySorter<K> sorter() { return sort; }

 private:
  // The keys, which are in `room` where in_room, become sorted ones in `to`. After so many partitions as `tries` that
  // left much behind, the rest is sorted by bytes.
  static void sort(K* to, K* room, int64_t n, bool in_room, int tries) {
    while (n > Network<K>::kSize) {
      K* const from = in_room ? room : to;
      K* const other = in_room ? to : room;
      if (tries-- == 0) {
        const K* sorted = radix_sort(from, other, n);
        if (sorted != to) std::memcpy(to, sorted, static_cast<std::size_t>(n) * sizeof(K));
        return;
      }
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
    Network<K>::sort(in_room ? room : to, to, n);
  }

  static K median(K a, K b, K c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); }
  // The median of medians of medians of three, of keys over the whole length.
  static K pivot_of(const K* x, int64_t n) {
    const int64_t step = n / 28;
    K medians[3];
    for (int i = 0; i < 3; ++i) {
      const auto of_three = [&](int j) {
        const K* three = x + (9 * i + 3 * j + 1) * step;
        return median(three[0], three[step], three[2 * step]);
      };
      medians[i] = median(of_three(0), of_three(1), of_three(2));
    }
    return median(medians[0], medians[1], medians[2]);
  }
};
