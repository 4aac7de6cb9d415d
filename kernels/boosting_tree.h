#ifndef ABLATE_BOOSTING_TREE_H
#define ABLATE_BOOSTING_TREE_H

/*
 * A tree as far as it is small, by the items of one group on local memory: its start, the choice of
 * splits, the replay of the best-first order, its values and nodes. See boosting.cl.
 */

/* Notes the error after the trees so far and decides whether the run goes on; for one item. */
FUNCTION void boosting_note(LOCAL u64 *at, GLOBAL const i32 *told, GLOBAL double *errors) {
  u64 grown = at[AT_GROWN];
  u64 done = grown >= (u64)told[TOLD_TREES] ? 1u : 0u;
  if (told[TOLD_VALIDATION_ROWS] > 0) {
    double error = MUL64((double)at[AT_SQUARES], 4398046511104.0);
    error = ADD64(error, MUL64((double)(i64)at[AT_SQUARES + 1], 4194304.0));
    error = ADD64(error, (double)at[AT_SQUARES + 2]);
    errors[grown] = error;
    if (grown == 0u || error < BITS_DOUBLE(at[AT_BEST_ERROR])) {
      at[AT_BEST] = grown;
      at[AT_BEST_ERROR] = DOUBLE_BITS(error);
    }
    u64 patience = (u64)told[TOLD_PATIENCE];
    if (patience > 0u && grown - at[AT_BEST] >= patience) done = 1u;
  }
  for (u32 k = 0; k < 3u; k++) at[AT_SQUARES + k] = 0;
  at[AT_DONE] = done;
  at[AT_PLANTED] = 1u;
}

/*
 * Notes the error, once a tree, and starts a tree whose root is the pair of the first round. Until
 * it is settled a tree can be planted again. Ends before a barrier of the caller.
 */
FUNCTION void boosting_plant(
    const Tree *t, GLOBAL const i32 *told, GLOBAL double *errors, u32 root_listed) {
  if (LOCAL_ID == 0u && t->at[AT_DONE] == 0u) {
    if (t->at[AT_PLANTED] == 0u) boosting_note(t->at, told, errors);
    u32 goes_on = t->at[AT_DONE] == 0u;
    t->leaf[0].total = t->at[AT_TOTAL];
    t->leaf[0].key = 1u;
    t->leaf[0].gain = 0;
    t->leaf[0].go = NONE;
    t->leaf[0].route = 0;
    t->leaf[0].small = 0u;
    t->pair[0].leaf = 0u;
    t->pair[0].fresh = NONE;
    t->pair[0].into = 0u;
    t->pair[0].start = 0u;
    t->pair[0].end = root_listed;
    t->scalar[SCALAR_LEAVES] = 1u;
    t->scalar[SCALAR_SPLITS] = 0u;
    t->scalar[SCALAR_PAIRS] = goes_on;
    t->scalar[SCALAR_LISTED] = goes_on ? root_listed : 0u;
  }
}

/* Whether leaf j is split before leaf l. */
FUNCTION u32 boosting_before(const Tree *t, u32 j, u32 l) {
  double a = t->leaf[j].gain;
  double b = t->leaf[l].gain;
  return a > b || (a == b && t->leaf[j].key < t->leaf[l].key) ? 1u : 0u;
}

/*
 * A pair in a word: feature, the child for bit 1 from bit 32 on, the pair's number from bit 48 on,
 * bit 60 the side of the smaller child, bit 61 whether that is listed, bit 62 set.
 */
FUNCTION u64 boosting_route(u32 feature, u32 fresh, u32 pair, u32 side, u32 listed) {
  return (u64)feature | (u64)(fresh & 0xFFFFu) << 32 | (u64)(pair & 0xFFFu) << 48 |
         (u64)side << 60 | (u64)listed << 61 | (u64)1 << 62;
}

/*
 * Chooses the leaves to split next, which become pairs, and records the splits. Level by level: all
 * that gain; otherwise the best. Begins after and ends before a barrier of the caller.
 */
FUNCTION void boosting_plan(const Tree *t, const Settings *s) {
  u32 leaves = t->scalar[SCALAR_LEAVES];
  u32 splits = t->scalar[SCALAR_SPLITS];
  u32 full = s->levels != 0u ? s->leaves < 2u : leaves >= s->leaves;
  u32 last = s->levels == 0u && leaves + 1u >= s->leaves;
  FOR_LOCAL(l, leaves) {
    u32 chosen = t->leaf[l].gain > 0 && !full;
    if (s->levels == 0u && chosen != 0u) {
      for (u32 j = 0; j < leaves; j++) {
        if (boosting_before(t, j, l) != 0u) chosen = 0u;
      }
    }
    t->leaf[l].chosen = chosen == 0u ? 0u : 1u + (last ? 0u : t->leaf[l].listed);
  }
  BARRIER();
  FOR_LOCAL(l, leaves) {
    u32 pair = 0u;
    u32 pairs = 0u;
    u32 start = 0u;
    u32 end = 0u;
    for (u32 j = 0; j < leaves; j++) {
      u32 c = t->leaf[j].chosen;
      if (c != 0u) {
        pairs++;
        end += c - 1u;
      }
      if (j < l) {
        pair = pairs;
        start = end;
      }
    }
    u32 mine = t->leaf[l].chosen;
    t->leaf[l].go = mine != 0u ? pair : NONE;
    t->leaf[l].small = NONE;
    t->leaf[l].route = 0;
    if (mine != 0u) {
      u32 fresh = leaves + pair;
      u32 split = splits + pair;
      u64 mask = ((u64)1 << s->count_bits) - 1u;
      u32 rows = (u32)(t->leaf[l].total & mask);
      u32 with = (u32)(t->leaf[l].right & mask);
      u32 side = with <= rows - with ? 1u : 0u;
      t->split[split].key = t->leaf[l].key;
      t->split[split].gain = t->leaf[l].gain;
      t->split[split].total = t->leaf[l].total;
      t->split[split].feature = t->leaf[l].feature;
      t->split[split].committed = 1u;
      t->pair[pair].leaf = l;
      t->pair[pair].fresh = fresh;
      t->pair[pair].feature = t->leaf[l].feature;
      t->pair[pair].side = side;
      t->pair[pair].rows = side != 0u ? with : rows - with;
      t->pair[pair].into = fresh;
      t->pair[pair].start = start;
      t->pair[pair].cursor = start;
      t->pair[pair].end = start + mine - 1u;
      t->leaf[fresh].total = t->leaf[l].right;
      t->leaf[l].total -= t->leaf[l].right;
      t->leaf[fresh].key = 2u * t->leaf[l].key + 1u;
      t->leaf[l].key = 2u * t->leaf[l].key;
      t->leaf[l].gain = t->leaf[fresh].gain = 0;
      t->leaf[fresh].go = NONE;
      t->leaf[fresh].route = 0;
      t->leaf[l].route = boosting_route(t->leaf[l].feature, fresh, pair, side, mine > 1u);
      t->leaf[fresh].small = side != 0u && mine > 1u ? pair : NONE;
      t->leaf[l].small = side == 0u && mine > 1u ? pair : NONE;
    }
    if (l == 0u) {
      t->scalar[SCALAR_LEAVES] = leaves + pairs;
      t->scalar[SCALAR_SPLITS] = splits + pairs;
      t->scalar[SCALAR_PAIRS] = pairs;
      t->scalar[SCALAR_LISTED] = end;
    }
  }
}

/*
 * Where the tree has more splits than it may: takes the last of the best-first order away. A split
 * comes up when the one above it is done; of those that are up the one with the largest gain is
 * next. So the split with the least gain of all is the last, unless there are splits below it:
 * then nothing else is left once it is done, and the last of those below is the last. With ranks
 * by gain that is a search for the highest bit. At most 64 splits.
 */
FUNCTION void boosting_limit(const Tree *t, u32 most) {
  u32 splits = t->scalar[SCALAR_SPLITS];
  FOR_LOCAL(s, splits) {
    u32 rank = 0u;
    for (u32 j = 0; j < splits; j++) {
      double a = t->split[j].gain;
      double b = t->split[s].gain;
      if (a > b || (a == b && t->split[j].key < t->split[s].key)) rank++;
    }
    t->split[s].rank = rank;
    t->split[rank].order = s;
  }
  BARRIER();
  FOR_LOCAL(s, splits) {
    u64 below = 0;
    u64 key = t->split[s].key;
    for (u32 j = 0; j < splits; j++) {
      u64 other = t->split[j].key;
      if (other > key && other >> ((CLZ64(key) - CLZ64(other)) & 63u) == key) {
        below |= (u64)1 << t->split[j].rank;
      }
    }
    t->split[t->split[s].rank].below = below;
  }
  BARRIER();
  if (LOCAL_ID == 0u) {
    u64 left = splits == (1u << BOOSTING_MOST_LEVELS) ? ~(u64)0 : ((u64)1 << splits) - 1u;
    for (u32 i = splits; i > most; i--) {
      u32 rank = 63u - CLZ64(left);
      u64 below = t->split[rank].below & left;
      while (below != 0u) {
        rank = 63u - CLZ64(below);
        below = t->split[rank].below & left;
      }
      left &= ~((u64)1 << rank);
      t->split[t->split[rank].order].committed = 0u;
    }
  }
  BARRIER();
}

/* The number of a node within its tree: 0 for the root, children follow in the order of keys. */
FUNCTION u32 boosting_node(const Tree *t, u32 splits, u64 key) {
  if (key == 1u) return 0u;
  u32 rank = 0u;
  for (u32 s = 0; s < splits; s++) {
    if (t->split[s].committed != 0u && t->split[s].key < key >> 1) rank++;
  }
  return 1u + 2u * rank + (u32)(key & 1u);
}

/*
 * Values of the leaves, rate times the mean residual in whole steps, and the nodes of the tree.
 * Without a split the run is done. Begins after and ends before a barrier of the caller.
 */
FUNCTION void boosting_settle(
    const Tree *t,
    const Settings *s,
    GLOBAL const double *rate,
    GLOBAL const u64 *offset,
    GLOBAL i32 *roots,
    GLOBAL i32 *feature,
    GLOBAL i32 *left,
    GLOBAL double *value) {
  u32 leaves = t->scalar[SCALAR_LEAVES];
  u32 splits = t->scalar[SCALAR_SPLITS];
  u32 limited = splits + 1u > s->leaves;
  if (limited) boosting_limit(t, s->leaves - 1u);
  BARRIER();
  double step = boosting_power((i64)t->at[AT_EXPONENT]);
  FOR_LOCAL(l, splits == 0u ? 0u : leaves) {
    u64 key = t->leaf[l].key;
    u64 total = t->leaf[l].total;
    for (u32 j = 0; limited && j < splits; j++) {
      /* The highest split above the leaf that is not in the tree is where the tree ends. */
      u64 above = t->split[j].key;
      u32 longer = CLZ64(above) - CLZ64(t->leaf[l].key);
      if (t->split[j].committed == 0u && above < key && t->leaf[l].key >> (longer & 63u) == above) {
        key = above;
        total = t->split[j].total;
      }
    }
    i64 rows = (i64)(total & (((u64)1 << s->count_bits) - 1u));
    i64 sum = (i64)total >> s->count_bits;
    i64 steps = boosting_nearest(MUL64(*rate, (double)sum) / (double)rows);
    t->leaf[l].change = (u64)steps << s->count_bits;
    u64 node = offset[1] + t->at[AT_NODES] + boosting_node(t, splits, key);
    feature[node] = -1;
    left[node] = -1;
    value[node] = MUL64((double)steps, step);
    /* One of the leaves behind the same end counts it. */
    if (key << (CLZ64(key) - CLZ64(t->leaf[l].key)) == t->leaf[l].key) {
      boosting_add(t->at + AT_TOTAL, 0u - ((u64)steps << s->count_bits) * (u64)rows);
    }
  }
  FOR_LOCAL(j, splits) {
    if (t->split[j].committed != 0u) {
      u64 first = t->at[AT_NODES];
      u64 node = offset[1] + first + boosting_node(t, splits, t->split[j].key);
      feature[node] = (i32)t->split[j].feature;
      left[node] = (i32)(first + boosting_node(t, splits, 2u * t->split[j].key));
      value[node] = 0;
    }
  }
  BARRIER();
  if (LOCAL_ID == 0u) {
    if (splits == 0u) {
      t->at[AT_DONE] = 1u;
    } else {
      roots[offset[0] + t->at[AT_GROWN]] = (i32)t->at[AT_NODES];
      t->at[AT_NODES] += 1u + 2u * (limited ? s->leaves - 1u : splits);
      t->at[AT_GROWN] += 1u;
      t->at[AT_PLANTED] = 0u;
    }
  }
}

#endif
