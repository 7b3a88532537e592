#include "shapes.hpp"
#include <cstdio>
#include <stdexcept>

using namespace shapes;

template <typename... Ts> static int sum(Ts... ts) { return (0 + ... + static_cast<int>(ts)); }

[[gnu::noinline]] static int risky(int v) {
  struct Local {
    int value;
    int twice() const { return value * 2; }
  };
  try {
    if (v > 3) throw std::runtime_error("too much: " + describe(Value{v}));
    return Local{v}.twice();
  } catch (const std::exception &error) {
    std::puts(error.what());
    return -1;
  }
}

int main(int argc, char **argv) {
  std::vector<std::unique_ptr<Shape>> all;
  for (int i = 0; i < argc + 4; i++) {
    if (i % 2) all.push_back(std::make_unique<Circle>(i));
    else all.push_back(std::make_unique<Polygon>(std::vector<Point<double>>{{0, 0}, {double(i), 0}, {0, double(i)}}));
  }
  std::string text = "the cat's hat and the other hat";
  for (int i = 1; i < argc; i++) text += std::string(" ") + argv[i];
  for (const auto &[word, times] : count(text)) std::printf("%s %d %d\n", word.c_str(), times, looksLikeAddress(word));
  std::printf("%f %d %d %d\n", total(all), climbs(argc), risky(argc * 4), sum(argc, 2L, 'c', 1.5));
  std::puts(describe(Value{std::vector<int>{1, 2, argc}}).c_str());
}
