#ifndef ABLATE_BOOSTING_TREE_H
#define ABLATE_BOOSTING_TREE_H

/*
 * A tree as far as it is small, by the items of one group on local memory: its start, the choice of
 * splits, the replay of the best-first order, its values and nodes. See boosting.cl.
 */

/* Notes the error after the trees so far and decides whether the run goes on; for one item. */
FUNCTION void boosting_note(LOCAL u64 *at, GLOBAL double *errors) {
  u64 grown = at[AT_GROWN];
  u64 done = grown >= at[AT_TREES] ? 1u : 0u;
  if (at[AT_VALIDATION_ROWS] > 0u) {
    double error = MUL64((double)at[AT_SQUARES], 4398046511104.0);
    error = ADD64(error, MUL64((double)(i64)at[AT_SQUARES + 1], 4194304.0));
    error = ADD64(error, (double)at[AT_SQUARES + 2]);
    errors[grown] = error;
    if (grown == 0u || error < BITS_DOUBLE(at[AT_BEST_ERROR])) {
      at[AT_BEST] = grown;
      at[AT_BEST_ERROR] = DOUBLE_BITS(error);
    }
    if (at[AT_PATIENCE] > 0u && grown - at[AT_BEST] >= at[AT_PATIENCE]) done = 1u;
  }
  for (u32 k = 0; k < 3u; k++) at[AT_SQUARES + k] = 0;
  at[AT_DONE] = done;
  at[AT_PLANTED] = 1u;
}

/*
 * Notes the error, once a tree, and starts a tree whose root is the pair of the first round. Until
 * it is settled a tree can be planted again. Ends before a barrier of the caller.
 */
FUNCTION void boosting_plant(const Tree *t, GLOBAL double *errors) {
  u32 root_listed = boosting_whole((u32)t->at[AT_TRAIN_ROWS]);
  if (LOCAL_ID == 0u && t->at[AT_DONE] == 0u) {
    if (t->at[AT_PLANTED] == 0u) boosting_note(t->at, errors);
    u32 goes_on = t->at[AT_DONE] == 0u;
    t->scalar[SCALAR_LEAVES] = 1u;
    t->scalar[SCALAR_SPLITS] = 0u;
    t->scalar[SCALAR_PAIRS] = goes_on;
    t->scalar[SCALAR_LISTED] = goes_on ? root_listed : 0u;
  }
  /* An item of another warp, where there is one, meanwhile. */
  if (LOCAL_ID == LOCAL_SIZE / 2u) {
    t->leaf[0].total = t->at[AT_TOTAL];
    t->leaf[0].key = 1u;
    t->leaf[0].gain = 0;
    t->leaf[0].go = NONE;
    t->leaf[0].route = 0;
    t->leaf[0].small = 0u;
    t->leaf[0].above = NONE;
    t->pair[0].leaf = 0u;
    t->pair[0].fresh = NONE;
    t->pair[0].into = 0u;
    t->pair[0].start = 0u;
    t->pair[0].end = root_listed;
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
      t->split[split].above = t->leaf[l].above;
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
      t->leaf[l].above = t->leaf[fresh].above = split;
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
    /* Gains of splits are above 0, so their bits are in the same order. */
    u64 gain = DOUBLE_BITS(t->split[s].gain);
    u64 key = t->split[s].key;
    u32 rank = 0u;
    for (u32 j = 0; j < splits; j++) {
      u64 other = DOUBLE_BITS(t->split[j].gain);
      rank += (u32)(other > gain) | ((u32)(other == gain) & (u32)(t->split[j].key < key));
    }
    t->split[s].rank = rank;
    t->split[s].below = 0;
    t->split[rank].order = s;
  }
  BARRIER();
  FOR_LOCAL(s, splits) {
    u64 rank = (u64)1 << t->split[s].rank;
    for (u32 j = t->split[s].above; j != NONE; j = t->split[j].above) {
      boosting_add(&t->split[j].below, rank);
    }
  }
  BARRIER();
  if (LOCAL_ID == 0u) {
    u64 left = splits == (1u << BOOSTING_MOST_LEVELS) ? ~(u64)0 : ((u64)1 << splits) - 1u;
    for (u32 i = splits; i > most; i--) {
      u64 below = left;
      u32 rank = 0u;
      u32 last = 0u;
      while (below != 0u) {
        rank = 63u - CLZ64(below);
        last = t->split[rank].order;
        below = t->split[last].below & left;
      }
      left &= ~((u64)1 << rank);
      t->split[last].committed = 0u;
    }
  }
  BARRIER();
}

/* Counts for each split those of the tree with lower keys. Ends before a barrier of the caller. */
FUNCTION void boosting_order(const Tree *t, u32 splits) {
  FOR_LOCAL(s, splits) {
    u64 key = t->split[s].key;
    u32 place = 0u;
    for (u32 j = 0; j < splits; j++) {
      place += t->split[j].committed & (u32)(t->split[j].key < key);
    }
    t->split[s].place = place;
  }
}

/*
 * The number of a node within its tree, by the split above it: 0 for the root, children follow in
 * the order of keys.
 */
FUNCTION u32 boosting_node(const Tree *t, u32 above, u64 key) {
  return above == NONE ? 0u : 1u + 2u * t->split[above].place + (u32)(key & 1u);
}

/* Where the nodes of the runs are, and the first of the tree: among all, and in its forest. */
typedef struct {
  GLOBAL i32 *feature;
  GLOBAL i32 *left;
  GLOBAL double *value;
  u64 first;
  u64 first_of_run;
} Nodes;

/* The value of a leaf, rate times the mean residual in whole steps, and its node. */
FUNCTION void boosting_settle_leaf(
    const Tree *t, const Settings *s, const Nodes *to, u32 l, double rate) {
  u64 key = t->leaf[l].key;
  u64 total = t->leaf[l].total;
  u32 above = t->leaf[l].above;
  /* The highest split above the leaf that is not in the tree is where the tree ends. */
  while (t->split[above].committed == 0u) {
    key = t->split[above].key;
    total = t->split[above].total;
    above = t->split[above].above;
  }
  i64 rows = (i64)(total & (((u64)1 << s->count_bits) - 1u));
  i64 sum = (i64)total >> s->count_bits;
  i64 steps = boosting_nearest(MUL64(rate, (double)sum) / (double)rows);
  t->leaf[l].change = (u64)steps << s->count_bits;
  /* One of the leaves behind the same end writes and counts it. */
  if (key << (CLZ64(key) - CLZ64(t->leaf[l].key)) == t->leaf[l].key) {
    u64 node = to->first + boosting_node(t, above, key);
    to->feature[node] = -1;
    to->left[node] = -1;
    to->value[node] = MUL64((double)steps, boosting_power((i64)t->at[AT_EXPONENT]));
    boosting_add(t->at + AT_TOTAL, 0u - ((u64)steps << s->count_bits) * (u64)rows);
  }
}

FUNCTION void boosting_settle_split(const Tree *t, const Nodes *to, u32 j) {
  if (t->split[j].committed != 0u) {
    u64 node = to->first + boosting_node(t, t->split[j].above, t->split[j].key);
    to->feature[node] = (i32)t->split[j].feature;
    to->left[node] = (i32)(to->first_of_run + boosting_node(t, j, 0u));
    to->value[node] = 0;
  }
}

/*
 * Values of the leaves and the nodes of the tree. Without a split the run is done. Begins after and
 * ends before a barrier of the caller.
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
  u32 splits = t->scalar[SCALAR_SPLITS];
  u32 leaves = splits == 0u ? 0u : t->scalar[SCALAR_LEAVES];
  u32 limited = splits + 1u > s->leaves;
  Nodes to;
  to.feature = feature;
  to.left = left;
  to.value = value;
  to.first_of_run = t->at[AT_NODES];
  to.first = offset[1] + to.first_of_run;
  if (limited) boosting_limit(t, s->leaves - 1u);
  boosting_order(t, splits);
  BARRIER();
  /* Leaves, splits and the progress have items of their own, so that none waits for another. */
  FOR_LOCAL(i, leaves + splits + 1u) {
    if (i < leaves) {
      boosting_settle_leaf(t, s, &to, i, *rate);
    } else if (i < leaves + splits) {
      boosting_settle_split(t, &to, i - leaves);
    } else if (splits == 0u) {
      t->at[AT_DONE] = 1u;
    } else {
      roots[offset[0] + t->at[AT_GROWN]] = (i32)to.first_of_run;
      t->at[AT_NODES] = to.first_of_run + 1u + 2u * (limited ? s->leaves - 1u : splits);
      t->at[AT_GROWN] += 1u;
      t->at[AT_PLANTED] = 0u;
    }
  }
}

#endif
