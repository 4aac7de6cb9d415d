#ifndef ABLATE_LOGISTIC_REGRESSION_SEARCH_H
#define ABLATE_LOGISTIC_REGRESSION_SEARCH_H

/* The searches of logistic_regression.cl: how they begin, and what they make of a point. */

/*
 * Begins at `start`, F64 (classes, width) row-major, which sums to 0 over classes as all steps do; a
 * subset that keeps no row is done, with weights of 0. A group takes a subset. Local memory: a u32.
 */
KERNEL void logistic_regression_begin(
    GLOBAL double *points,
    GLOBAL double *memory,
    GLOBAL i32 *states,
    GLOBAL i32 *stages,
    GLOBAL const double *start,
    GLOBAL const u64 *kept,
    GLOBAL const i32 *group_of,
    u32 subsets,
    u32 size,
    u32 rows,
    u32 words,
    u32 first,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(u32, some);
  FOR_GROUP(s, subsets) {
    GLOBAL const u64 *mask = kept + ((u64)first + s) * words;
    if (LOCAL_ID == 0u) { some[0] = 0u; }
    BARRIER();
    u32 any = 0u;
    FOR_LOCAL(r, rows) { any |= keeps(mask, group_of[r]); }
    LOCAL_MAX_U32(some, any);
    FOR_LOCAL(i, size) {
      points[(u64)s * size + i] = start[i];
      memory[((u64)s * VECTORS + WEIGHTS) * size + i] = 0.0;
    }
    FOR_LOCAL(i, STATES) { states[s * STATES + i] = 0; }
    BARRIER();
    if (LOCAL_ID == 0u) { stages[s] = some[0] != 0u ? BEGINS : DONE; }
    BARRIER();
  }
}

/* A search: its vectors, and its numbers. */
#define VECTOR(number) (vectors + (u64)(number) * size)

/* Takes the classes' mean away: weights that are the same for all classes change no probability. */
FUNCTION void centre(GLOBAL double *step, u32 classes, u32 width) {
  FOR_LOCAL(j, width) {
    double sum = 0.0;
    for (u32 k = 0; k < classes; k++) { sum = ADD64(sum, step[k * width + j]); }
    double mean = sum / (double)classes;
    for (u32 k = 0; k < classes; k++) { step[k * width + j] = ADD64(step[k * width + j], -mean); }
  }
  BARRIER();
}

/* to += factor from */
FUNCTION void add(GLOBAL double *to, double factor, GLOBAL const double *from, u32 size) {
  FOR_LOCAL(i, size) { to[i] = FMA64(factor, from[i], to[i]); }
}

/* Keeps what the way to a point has shown, unless it is the first; then the point is where it stands. */
FUNCTION void take_point(
    LOCAL double *lanes,
    GLOBAL double *vectors,
    GLOBAL double *bends,
    GLOBAL const double *point,
    GLOBAL const double *gradient,
    GLOBAL const double *plain,
    u32 size,
    u32 first,
    u32 *pairs,
    u32 *newest) {
  u32 at = (*newest + 1u) % MEMORY;
  GLOBAL double *move = VECTOR(MOVES + at);
  GLOBAL double *change = VECTOR(CHANGES + at);
  GLOBAL double *step_change = VECTOR(STEP_CHANGES + at);
  FOR_LOCAL(i, size) {
    move[i] = first ? 0.0 : ADD64(point[i], -VECTOR(WEIGHTS)[i]);
    change[i] = first ? 0.0 : ADD64(gradient[i], -VECTOR(GRADIENT)[i]);
    step_change[i] = first ? 0.0 : ADD64(plain[i], -VECTOR(PLAIN)[i]);
    VECTOR(WEIGHTS)[i] = point[i];
    VECTOR(GRADIENT)[i] = gradient[i];
    VECTOR(PLAIN)[i] = plain[i];
  }
  BARRIER();
  double bend = group_dot(lanes, move, change, size);
  if (LOCAL_ID == 0u) { bends[at] = bend; }
  BARRIER();
  if (bend > 0.0) {
    *newest = at;
    *pairs = *pairs < MEMORY ? *pairs + 1u : MEMORY;
  } else {
    /* The place may have held the oldest pair. */
    *pairs = *pairs < MEMORY ? *pairs : MEMORY - 1u;
  }
}

/* Chooses the direction by the two-loop recursion and gives the slope along it. */
FUNCTION double choose_direction(
    LOCAL double *lanes, GLOBAL double *vectors, GLOBAL const double *bends, u32 size, u32 *pairs, u32 newest) {
  LOCAL double *factors = lanes + LANES;
  GLOBAL double *direction = VECTOR(DIRECTION);
  FOR_LOCAL(i, size) {
    VECTOR(REST)[i] = VECTOR(GRADIENT)[i];
    direction[i] = VECTOR(PLAIN)[i];
  }
  BARRIER();
  u32 known = *pairs;
  for (u32 back = 0; back < known; back++) {
    u32 at = (newest + MEMORY - back) % MEMORY;
    double factor = group_dot(lanes, VECTOR(MOVES + at), VECTOR(REST), size) / bends[at];
    if (LOCAL_ID == 0u) { factors[at] = factor; }
    add(VECTOR(REST), -factor, VECTOR(CHANGES + at), size);
    /* Plain steps are linear in gradients: no curvature is applied twice. */
    add(direction, -factor, VECTOR(STEP_CHANGES + at), size);
    BARRIER();
  }
  for (u32 once = known > 0u ? 1u : 0u; once > 0u; once--) {
    double scale = -bends[newest] / group_dot(lanes, VECTOR(CHANGES + newest), VECTOR(STEP_CHANGES + newest), size);
    FOR_LOCAL(i, size) { direction[i] = MUL64(scale, direction[i]); }
    BARRIER();
  }
  for (u32 left = known; left > 0u; left--) {
    u32 at = (newest + MEMORY - (left - 1u)) % MEMORY;
    double back = group_dot(lanes, VECTOR(CHANGES + at), direction, size) / bends[at];
    add(direction, -factors[at] - back, VECTOR(MOVES + at), size);
    BARRIER();
  }
  double slope = group_dot(lanes, VECTOR(GRADIENT), direction, size);
  for (u32 once = slope < 0.0 ? 0u : 1u; once > 0u; once--) {
    *pairs = 0u;
    FOR_LOCAL(i, size) { direction[i] = VECTOR(PLAIN)[i]; }
    BARRIER();
    slope = group_dot(lanes, VECTOR(GRADIENT), direction, size);
  }
  return slope;
}

/* A parabola through both values and the slope, between a tenth and a half of the step. */
FUNCTION double shorter(double step, double slope, double value, double found) {
  double parabola = -0.5 * slope * step * step / (found - value - slope * step);
  return fmin(0.5 * step, parabola > 0.1 * step ? parabola : 0.1 * step);
}

/*
 * What the loss at a point means: a search takes it, and is done or chooses a direction, or comes
 * back half the way. Points become those to be asked next; plains are spoilt.
 * A group takes a slot. Local memory: LOGISTIC_REGRESSION_SEARCH_LOCAL.
 */
KERNEL void logistic_regression_search(
    GLOBAL double *points,
    GLOBAL const double *gradients,
    GLOBAL double *plains,
    GLOBAL const double *losses,
    GLOBAL double *memory,
    GLOBAL double *numbers,
    GLOBAL i32 *states,
    GLOBAL i32 *stages,
    GLOBAL const i32 *active,
    u32 count,
    u32 classes,
    u32 width,
    u32 stretches,
    double penalty,
    double tolerance,
    u32 most,
    LOCAL_PARAMETER) {
  LOCAL_MEMORY(double, lanes);
  u32 size = classes * width;
  FOR_GROUP(slot, count) {
    u32 s = (u32)active[slot];
    GLOBAL double *point = points + (u64)s * size;
    GLOBAL const double *gradient = gradients + (u64)s * size;
    GLOBAL double *plain = plains + (u64)s * size;
    GLOBAL double *vectors = memory + (u64)s * VECTORS * size;
    GLOBAL double *number = numbers + (u64)s * NUMBERS;
    GLOBAL i32 *state = states + (u64)s * STATES;
    u32 first = stages[s] == BEGINS ? 1u : 0u;
    u32 evaluations = (u32)state[EVALUATIONS] + 1u;
    u32 pairs = (u32)state[PAIRS];
    u32 newest = (u32)state[NEWEST];
    double value = first ? 0.0 : number[VALUE];
    double slope = first ? 0.0 : number[SLOPE];
    double step = first ? 1.0 : number[STEP];
    centre(plain, classes, width);
    double found = 0.0;
    for (u32 part = 0; part < stretches; part++) { found = ADD64(found, losses[(u64)slot * stretches + part]); }
    found = FMA64(0.5 * penalty, group_dot(lanes, point, point, size), found);
    u32 taken = first || found <= value + ARMIJO * step * slope + ROUNDING * fabs(value) ? 1u : 0u;
    double next = taken ? 1.0 : shorter(step, slope, value, found);
    i32 stage = next > SHORTEST && evaluations < most ? WALKS : FAILED;
    for (u32 once = taken; once > 0u; once--) {
      take_point(lanes, vectors, number + BENDS, point, gradient, plain, size, first, &pairs, &newest);
      slope = choose_direction(lanes, vectors, number + BENDS, size, &pairs, newest);
      value = found;
      /* The shared curvature may be too steep for a subset, what it has shown so far too flat. */
      double steepest = fmin(slope, group_dot(lanes, VECTOR(GRADIENT), VECTOR(PLAIN), size));
      stage = -steepest <= tolerance * tolerance ? DONE : stage;
    }
    FOR_LOCAL(i, size) { point[i] = FMA64(next, VECTOR(DIRECTION)[i], VECTOR(WEIGHTS)[i]); }
    if (LOCAL_ID == 0u) {
      number[VALUE] = value;
      number[SLOPE] = slope;
      number[STEP] = next;
      state[EVALUATIONS] = (i32)evaluations;
      state[PAIRS] = (i32)pairs;
      state[NEWEST] = (i32)newest;
      stages[s] = stage;
    }
    BARRIER();
  }
}

#endif
