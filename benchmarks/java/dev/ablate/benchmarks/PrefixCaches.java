package dev.ablate.benchmarks;

import dev.ablate.backend.host.HostBackend;
import dev.ablate.lens.text.PrefixOrder;
import dev.ablate.mask.Design;
import dev.ablate.mask.MaskSampling;
import dev.ablate.mask.Masks;
import dev.ablate.mask.PairedMasks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How many tokens a server computes of masked sentences that come in the order of their prefixes,
 * when it remembers the last text, beside random order, when it remembers the last eight: 64
 * sentences of 20 to 40 words, 2 n log2 n masks each, a word a token, with a template of 12 tokens
 * in front of each.
 *
 * <p>Arguments: a file of sentences, one a line, and a seed; without any the film reviews in
 * ../shared/data and 0. Ends with status 1 when tokens computed are not the trie's, counted by a
 * set of prefixes, or when their mean share of random order's is above 0.9.
 */
public final class PrefixCaches {
  private static final int SENTENCES = 64;
  private static final int REMEMBERED = 8;
  private static final int TEMPLATE = 12;
  private static final double MOST = 0.9;

  private PrefixCaches() {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "../shared/data/rt-polarity.pos.txt");
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 0;
    List<String[]> sentences = sentences(file, seed);
    double shares = 0;
    double sharesOfOne = 0;
    long saved = 0;
    long all = 0;
    boolean exact = true;
    System.out.println("words  masks  rows   tokens  in order  trie     random/8  share");
    try (HostBackend backend = new HostBackend()) {
      for (String[] words : sentences) {
        int n = words.length;
        int count = (int) Math.ceil(2 * n * Math.log(n) / Math.log(2));
        Design.Paired design = new Design.Paired(MaskSampling.UNIFORM, n, count, seed);
        int[][] rows = rows(words, PairedMasks.draw(backend, design, null));
        PrefixOrder order =
            PrefixOrder.of(
                rows.length, TEMPLATE, r -> Arrays.stream(end(rows[r])).iterator()::nextInt);
        long walked = computed(rows, order.order(), 1);
        int[] random = random(rows.length, seed);
        long shuffled = computed(rows, random, REMEMBERED);
        long trie = trie(rows);
        exact &= order.computed() == trie && walked == trie;
        double share = (double) order.computed() / shuffled;
        shares += share;
        sharesOfOne += (double) order.computed() / computed(rows, random, 1);
        saved += order.tokens() - order.computed();
        all += order.tokens();
        System.out.printf(
            Locale.ROOT,
            "%5d  %5d  %4d  %7d  %8d  %7d  %8d  %.3f%n",
            n,
            count,
            rows.length,
            order.tokens(),
            order.computed(),
            trie,
            shuffled,
            share);
      }
    }
    double mean = shares / sentences.size();
    System.out.printf(
        Locale.ROOT,
        "mean share of random order with a cache of %d rows %.3f, of 1 row %.3f; tokens saved %.3f;"
            + " template of %d tokens counted apart; computed as the trie: %s%n",
        REMEMBERED,
        mean,
        sharesOfOne / sentences.size(),
        (double) saved / all,
        TEMPLATE,
        exact ? "yes" : "no");
    System.exit(exact && mean <= MOST ? 0 : 1);
  }

  private static List<String[]> sentences(Path file, long seed) throws IOException {
    List<String[]> fitting = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 20 && words.length <= 40) {
        fitting.add(words);
      }
    }
    Collections.shuffle(fitting, new Random(seed));
    return fitting.subList(0, SENTENCES);
  }

  /** Different rows: a template, then the words that a mask keeps. */
  private static int[][] rows(String[] words, Masks masks) {
    Map<String, Integer> ids = new HashMap<>();
    for (String word : words) {
      ids.putIfAbsent(word, TEMPLATE + ids.size());
    }
    Set<List<Integer>> rows = new HashSet<>();
    List<int[]> distinct = new ArrayList<>();
    for (int m = 0; m < masks.count(); m++) {
      int mask = m;
      int[] row =
          IntStream.concat(
                  IntStream.range(0, TEMPLATE),
                  IntStream.range(0, words.length)
                      .filter(w -> masks.kept(mask, w))
                      .map(w -> ids.get(words[w])))
              .toArray();
      if (rows.add(Arrays.stream(row).boxed().toList())) {
        distinct.add(row);
      }
    }
    return distinct.toArray(int[][]::new);
  }

  private static int[] end(int[] row) {
    int[] ended = Arrays.copyOf(row, row.length + 1);
    ended[row.length] = -1;
    return ended;
  }

  private static int[] random(int rows, long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(order, new Random(seed + 1));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Tokens behind the template that a cache of the last so many rows does not have. */
  private static long computed(int[][] rows, int[] order, int remembered) {
    ArrayDeque<int[]> cache = new ArrayDeque<>();
    long computed = 0;
    for (int r : order) {
      int known = TEMPLATE;
      int[] best = null;
      for (int[] other : cache) {
        int differing = Arrays.mismatch(other, rows[r]);
        int shared = differing < 0 ? rows[r].length : differing;
        if (shared > known) {
          known = shared;
          best = other;
        }
      }
      computed += rows[r].length - known;
      if (best != null) {
        // What was of use is remembered as new.
        int[] used = best;
        for (Iterator<int[]> all = cache.iterator(); all.hasNext(); ) {
          if (all.next() == used) {
            all.remove();
          }
        }
        cache.addLast(used);
      }
      cache.addLast(rows[r]);
      while (cache.size() > remembered) {
        cache.removeFirst();
      }
    }
    return computed;
  }

  /** Nodes of the trie behind the template: different prefixes, counted as such. */
  private static long trie(int[][] rows) {
    Set<List<Integer>> prefixes = new HashSet<>();
    for (int[] row : rows) {
      List<Integer> boxed = Arrays.stream(row).boxed().toList();
      for (int end = TEMPLATE + 1; end <= row.length; end++) {
        prefixes.add(boxed.subList(0, end));
      }
    }
    return prefixes.size();
  }
}
