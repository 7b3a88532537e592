// Bodies inlined into each other within one file, each on lines of its own.
#include <cstdint>

struct Mixer {
  template <typename T> static inline T mix(T v) {
    v ^= v >> 7;
    v *= T(2654435761u);
    return v ^ (v << 3);
  }
};

namespace shelf {
static inline std::uint32_t step(std::uint32_t v, int by) {
  v = Mixer::mix(v);
  return v + by;
}

[[gnu::noinline]] std::uint32_t stock(std::uint32_t v, int n) {
  for (int i = 0; i < n; i++)
    v = step(v, i);
  return v;
}
} // namespace shelf

int main(int argc, char **) { return shelf::stock(argc, 1000) & 1; }
