#include "driver.h"

#include "../kernels/peeling.cl"

#define ERRORS 5

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/*
 * The bins for the next round, without candidates: many equal energies, zeros and huge ratios, the
 * rank-th one by sorting.
 */
static void todo(u32 problems, u32 bins, u32 kind, u32 groups) {
  u32 all = problems * bins, round = 2;
  double *energies = BUFFER(double, all);
  double *sorted = BUFFER(double, bins);
  u64 *largest = BUFFER(u64, problems);
  u32 *settled = BUFFER(u32, all);
  u32 *listed = BUFFER(u32, all);
  u32 *list = BUFFER(u32, all);
  u32 *lists = BUFFER(u32, 3 * all);
  u32 *counters = BUFFER(u32, (round + 2) * (1 + problems));
  u32 *taken = BUFFER(u32, (round + 1) * problems);
  u64 *memory = buffer(PEELING_PEEL_LOCAL);
  for (u32 i = 0; i < all; i++) {
    double x = fabs(random_number());
    energies[i] = kind == 0 ? 0 : kind == 1 ? x : kind == 2 ? (random_bits() & 1u ? 3.0 : 7.0)
        : exp(300 * random_number());
  }
  for (u32 q = 0; q < problems; q++) {
    double most = 0;
    for (u32 i = 0; i < bins; i++) most = energies[q * bins + i] > most ? energies[q * bins + i] : most;
    largest[q] = DOUBLE_BITS(most);
  }
  u32 ranks[] = {0, bins / 20, bins / 2, bins - 1};
  for (u32 r = 0; r < 5; r++) {
    u32 every = r == 4, expected = 0;
    double loud = r == 0 ? 1.0 : 2.0;
    memset(counters, 0, 4 * (round + 2) * (1 + problems));
    memset(taken, 0, 4 * (round + 1) * problems);
    for (u32 q = 0; q < problems; q++) {
      memcpy(sorted, energies + q * bins, 8 * bins);
      qsort(sorted, bins, 8, ascending);
      double zero = 1e-20 * sorted[bins - 1];
      double quiet = every ? zero : loud * sorted[ranks[r % 4]];
      for (u32 i = q * bins; i < (q + 1) * bins; i++) {
        settled[i] = (u32)random_bits() & 1u;
        listed[i] = !settled[i] && energies[i] > (quiet > zero ? quiet : zero);
        expected += listed[i];
      }
    }
    LAUNCH(groups, peeling_peel(NULL, energies, settled, largest, counters, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, NULL, NULL, lists, list, taken, NULL, NULL, NULL, problems, bins, 3, 57, 1,
        ERRORS, round, every, ranks[r % 4], 1e-20, loud, 0.9, 3, memory));
    u32 length = counters[(round + 1) * (1 + problems)];
    CHECK(length == expected, "%u bins of %u, kind %u, rank %u", length, expected, kind, ranks[r % 4]);
    for (u32 i = 0; i < length; i++) CHECK(listed[list[i]]-- == 1, "bin %u, kind %u", list[i], kind);
    for (u32 i = 0; i < all; i++) CHECK(settled[i] == 1, "bin %u", i);
    for (u32 q = 0; q < problems; q++) CHECK(taken[round * problems + q] == 0, "problem %u", q);
  }
  free(energies);
  free(sorted);
  free(largest);
  free(settled);
  free(listed);
  free(list);
  free(lists);
  free(counters);
  free(taken);
  free(memory);
}

/* One problem as the host keeps it. */
static u32 group_count_, features_, points_, delays_, words_;
static u32 *hashes_;
static u64 *signatures_;
static double log_sets_[ERRORS + 1];

static double sign_of(const u32 *set, u32 p) {
  u64 bit = 0;
  for (u32 k = 0; k < set[0]; k++) bit ^= signatures_[set[1 + k] * words_ + p / 64] >> (p % 64);
  return bit & 1u ? -1.0 : 1.0;
}

static double sum_of(const double *numbers, const u32 *set) {
  double sum = 0;
  for (u32 p = 0; p < delays_; p++) sum += sign_of(set, p) * numbers[p];
  return sum;
}

/* Peels one candidate as HostPeeling does; returns whether it was taken. */
static u32 naive(double *numbers, double *energies, u32 bin, const u32 *set, double zero,
    double residual, double evidence, double *coefficient) {
  u32 at[8];
  double mean[8], weights = 0, sum = 0, gain = 0;
  double own = sum_of(numbers + bin * delays_, set);
  if (energies[bin] <= zero || 1 - own * own / (delays_ * energies[bin]) >= residual) return 0;
  for (u32 c = 0; c < group_count_; c++) {
    u32 hash = 0;
    for (u32 k = 0; k < set[0]; k++) hash ^= hashes_[c * features_ + set[1 + k]];
    at[c] = c * points_ + hash;
    mean[c] = sum_of(numbers + at[c] * delays_, set) / delays_;
    double rest = energies[at[c]] - delays_ * mean[c] * mean[c];
    double weight = 1 / (rest > zero ? rest : zero);
    weights += weight;
    sum += weight * mean[c];
  }
  double value = sum / weights;
  for (u32 c = 0; c < group_count_; c++) {
    double energy = energies[at[c]];
    double after = energy - delays_ * value * (2 * mean[c] - value);
    gain += 0.5 * delays_ * log((energy > zero ? energy : zero) / (after > zero ? after : zero));
  }
  if (gain < evidence + log_sets_[set[0]]) return 0;
  for (u32 c = 0; c < group_count_; c++) {
    energies[at[c]] = 0;
    for (u32 p = 0; p < delays_; p++) {
      double *x = &numbers[at[c] * delays_ + p];
      *x -= sign_of(set, p) * value;
      energies[at[c]] += *x * *x;
    }
  }
  *coefficient = value;
  return 1;
}

/*
 * Candidates in random order, with ties in the shares and sets that several bins found: the same as
 * taking them one by one, to the last bit.
 */
static void peel(u32 problems, u32 candidates, double evidence, u32 launched) {
  u32 bins = group_count_ * points_, all = problems * bins;
  double *numbers = BUFFER(double, all * delays_);
  double *energies = BUFFER(double, all);
  double *expected = BUFFER(double, all * delays_);
  double *expected_energies = BUFFER(double, all);
  u32 *settled = BUFFER(u32, all);
  u64 *largest = BUFFER(u64, problems);
  /* Of round 0 and the next. */
  u32 *counters = BUFFER(u32, 2 * (1 + problems));
  double *left = BUFFER(double, all);
  u32 *where = BUFFER(u32, all);
  u32 *sets = BUFFER(u32, all * (ERRORS + 1));
  u32 *places = BUFFER(u32, all * group_count_);
  u64 *claims = BUFFER(u64, 2 * all);
  double *means = BUFFER(double, all * group_count_);
  double *coefficients = BUFFER(double, all);
  u32 *lists = BUFFER(u32, 3 * all);
  u32 *todo = BUFFER(u32, all);
  u32 *taken = BUFFER(u32, problems);
  u32 total[1] = {0};
  double *values = BUFFER(double, all);
  u32 *found = BUFFER(u32, all * (ERRORS + 2));
  u64 *memory = buffer(PEELING_PEEL_LOCAL);
  for (u32 i = 0; i < all; i++) settled[i] = 1;
  memset(claims, 0, 16 * all);
  memset(taken, 0, 4 * problems);
  memset(counters, 0, 8 * (1 + problems));
  for (u32 i = 0; i < all * delays_; i++) numbers[i] = random_number();
  for (u32 q = 0; q < problems; q++) {
    double most = 0;
    /* Each term is in its bins, and each of these may name it; a bin names one term at most. */
    for (u32 i = 0; i < candidates; i++) {
      u32 set[ERRORS + 1] = {(u32)random_bits() % (ERRORS + 1)};
      double c = 2 * random_number();
      for (u32 k = 0; k < set[0]; k++) {
        set[1 + k] = k * (features_ / ERRORS) + (u32)random_bits() % (features_ / ERRORS);
      }
      u32 at[8];
      for (u32 g = 0; g < group_count_; g++) {
        at[g] = g * points_;
        for (u32 k = 0; k < set[0]; k++) at[g] ^= hashes_[g * features_ + set[1 + k]];
        for (u32 p = 0; p < delays_; p++) {
          numbers[(q * bins + at[g]) * delays_ + p] += c * sign_of(set, p);
        }
      }
      for (u32 g = 0; g < group_count_; g++) {
        u32 slot = q * bins + counters[1 + q];
        u32 named = 0;
        for (u32 s = q * bins; s < slot; s++) named |= where[s] == at[g];
        if (!named) {
          counters[1 + q]++;
          where[slot] = at[g];
          left[slot] = random_bits() % 4 * 0.1 - 0.1;
          memcpy(sets + slot * (ERRORS + 1), set, sizeof set);
          memcpy(places + slot * group_count_, at, 4 * group_count_);
        }
      }
    }
    for (u32 b = q * bins; b < (q + 1) * bins; b++) {
      energies[b] = 0;
      for (u32 p = 0; p < delays_; p++) energies[b] += numbers[b * delays_ + p] * numbers[b * delays_ + p];
      most = energies[b] > most ? energies[b] : most;
    }
    largest[q] = DOUBLE_BITS(most);
  }
  memcpy(expected, numbers, 8 * all * delays_);
  memcpy(expected_energies, energies, 8 * all);
  LAUNCH(launched, peeling_peel(numbers, energies, settled, largest, counters, left, where, sets,
      places, signatures_, log_sets_, claims, means, coefficients, lists, todo, taken, total, values,
      found, problems, bins, group_count_, delays_, words_, ERRORS, 0, 1, 0, 1e-20, 2, 0.9, evidence,
      memory));
  u32 all_taken = 0;
  u8 *changed = BUFFER(u8, all);
  u32 change_count = 0;
  memset(changed, 0, all);
  for (u32 q = 0; q < problems; q++) {
    u32 of_problem = 0;
    u8 *done = BUFFER(u8, bins);
    memset(done, 0, bins);
    for (u32 turn = 0; turn < counters[1 + q]; turn++) {
      u32 best = bins;
      for (u32 i = 0; i < counters[1 + q]; i++) {
        u32 s = q * bins + i, o = q * bins + best;
        if (!done[i] && (best == bins || left[s] < left[o] || (left[s] == left[o] && where[s] < where[o]))) best = i;
      }
      done[best] = 1;
      u32 s = q * bins + best;
      double value;
      if (naive(expected + q * bins * delays_, expected_energies + q * bins, where[s],
              sets + s * (ERRORS + 1), 1e-20 * BITS_DOUBLE(largest[q]), 0.9, evidence, &value)) {
        u32 matches = 0;
        for (u32 f = 0; f < total[0]; f++) {
          matches += found[f * (ERRORS + 2)] == q && values[f] == value
              && memcmp(found + f * (ERRORS + 2) + 1, sets + s * (ERRORS + 1), 4 * (1 + sets[s * (ERRORS + 1)])) == 0;
        }
        CHECK(matches == 1, "term %u of problem %u", turn, q);
        for (u32 c = 0; c < group_count_; c++) changed[q * bins + places[s * group_count_ + c]] = 1;
        of_problem++;
      }
    }
    CHECK(taken[q] == of_problem, "%u of %u terms", taken[q], of_problem);
    all_taken += of_problem;
    free(done);
  }
  CHECK(total[0] == all_taken && (candidates == 0 || all_taken > 0), "%u of %u terms", total[0], all_taken);
  CHECK(memcmp(numbers, expected, 8 * all * delays_) == 0, "numbers");
  CHECK(memcmp(energies, expected_energies, 8 * all) == 0, "energies");
  /* The bins that changed are next, as every bin counts. */
  for (u32 i = 0; i < all; i++) {
    changed[i] &= energies[i] > 1e-20 * BITS_DOUBLE(largest[i / bins]);
    change_count += changed[i];
  }
  CHECK(counters[1 + problems] == change_count, "%u of %u bins", counters[1 + problems], change_count);
  for (u32 i = 0; i < counters[1 + problems]; i++) CHECK(changed[todo[i]]-- == 1, "bin %u", todo[i]);
  for (u32 i = 0; i < all; i++) CHECK(settled[i] == 1, "bin %u", i);
  free(changed);
  free(memory);
  free(todo);
  for (u32 i = 0; i < 2 * all; i++) CHECK(claims[i] == 0, "claim %u", i);
  free(numbers);
  free(energies);
  free(expected);
  free(expected_energies);
  free(settled);
  free(largest);
  free(counters);
  free(left);
  free(where);
  free(sets);
  free(places);
  free(claims);
  free(means);
  free(coefficients);
  free(lists);
  free(taken);
  free(values);
  free(found);
}

static void design(u32 groups, u32 features, u32 points, u32 delays) {
  group_count_ = groups;
  features_ = features;
  points_ = points;
  delays_ = delays;
  words_ = (delays + 63) / 64;
  hashes_ = BUFFER(u32, groups * features);
  signatures_ = BUFFER(u64, features * words_);
  for (u32 i = 0; i < groups * features; i++) hashes_[i] = (u32)random_bits() % points;
  for (u32 i = 0; i < features * words_; i++) {
    /* Number 0 has no sign. */
    signatures_[i] = i % words_ == 0 ? random_bits() << 1 : random_bits();
  }
  for (u32 r = 0; r <= ERRORS; r++) log_sets_[r] = r * 1.5;
}

int main(void) {
  for (u32 kind = 0; kind < 4; kind++) {
    todo(1, 1, kind, 1);
    todo(3, 50, kind, 2);
    todo(2, 3000, kind, 1);
  }
  design(3, 50, 16, 57);
  peel(1, 0, 3, 1);
  peel(1, 40, 3, 1);
  peel(3, 12, -1.0 / 0.0, 2);
  free(hashes_);
  free(signatures_);
  design(1, 10, 4, 64);
  peel(2, 3, 0, 1);
  free(hashes_);
  free(signatures_);
  design(5, 200, 8, 130);
  peel(2, 20, 10, 2);
  free(hashes_);
  free(signatures_);
  return 0;
}
