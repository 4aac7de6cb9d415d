package dev.ablate.benchmarks;

import dev.ablate.benchmarks.exact.Asked;
import dev.ablate.benchmarks.exact.EvaluatedSet;
import dev.ablate.benchmarks.exact.Published;
import dev.ablate.benchmarks.exact.TrueIndices;
import dev.ablate.benchmarks.peers.KernelRegression;
import dev.ablate.benchmarks.peers.LookedUp;
import dev.ablate.benchmarks.peers.Peer;
import dev.ablate.benchmarks.peers.Permutations;
import dev.ablate.benchmarks.peers.SvarmIq;
import dev.ablate.index.Index;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Published estimators, written plainly, on games that others evaluated in full: their errors
 * beside the curves that were published of them. Ends with status 1 where they differ by more than
 * sampling and reading explain.
 */
@Command(name = "ExactPeers", mixinStandardHelpOptions = true, sortOptions = false)
public final class ExactPeers implements Callable<Integer> {
  /** Nobody published its curve here: KernelSHAP as it is, sizes drawn by its kernel, in pairs. */
  private static final Peer KERNEL_SHAP = new KernelRegression("KernelSHAP", 1, true, false);

  /** Curves of table 37 draw masks in pairs with their complements, those of table 39 do not. */
  private static final List<Peer> PEERS =
      List.of(
          KERNEL_SHAP,
          new KernelRegression("LeverageSHAP/37", 1, true, true),
          new KernelRegression("LeverageSHAP/39", 1, false, true),
          new KernelRegression("PolySHAP-2ADD/37", 2, true, true),
          new KernelRegression("PolySHAP-2ADD/39", 2, false, true),
          new Permutations("PermutationSampling/37", true),
          new Permutations("PermutationSampling/39", false),
          new Permutations("PermutationSampling", false));

  private static final Peer SVARM_IQ = new SvarmIq(false);

  /** How the curves on these sets come out. */
  private static final Peer SVARM_IQ_OUTER_FIRST = new SvarmIq(true);

  private static final List<Asked> ASKED =
      List.of(
          new Asked(Index.SV, 1),
          new Asked(Index.SII, 2),
          new Asked(Index.SII, 3),
          new Asked(Index.BII, 2),
          new Asked(Index.BII, 3));

  /** Standard deviations by which a curve may lie apart, and what its reading may be off. */
  private static final double ERRORS = 4;

  private static final double READING = 0.025;

  @Option(names = "--sets", split = ",", description = "which sets; all with curves by default")
  private List<String> sets = EvaluatedSet.NAMES;

  @Option(names = "--peers", split = ",", description = "which peers, as published.csv names them")
  private List<String> peers = List.of();

  @Option(names = "--draws", description = "draws of masks (default: ${DEFAULT-VALUE})")
  private int draws = 20;

  @Option(names = "--most-masks", description = "up to so many masks (default: ${DEFAULT-VALUE})")
  private int most = 4096;

  /** Measures. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ExactPeers()).execute(args));
  }

  /** A mean over games, and the standard deviation between draws of masks. */
  private record Mean(double mean, double error) {}

  @Override
  public Integer call() {
    Published published = Published.read();
    List<String> off = new ArrayList<>();
    System.out.printf(
        "%-24s %-6s %-24s %6s %10s %10s %6s %6s%n",
        "set", "index", "peer", "masks", "ours", "published", "ratio", "apart");
    for (String name : sets) {
      EvaluatedSet set = EvaluatedSet.read(name);
      List<TrueIndices> truths =
          IntStream.range(0, set.games())
              .mapToObj(g -> new TrueIndices(set.features(), set.values()[g]))
              .toList();
      for (Published.Cell cell : published.cells()) {
        if (cell.set().equals(name)) {
          for (Peer peer : peers(name)) {
            Double known = published.at(cell).get(peer.name());
            if (asks(peer, known, cell, set.features())) {
              Mean own = mean(peer, set, truths, asked(cell), cell.masks());
              compare(cell, peer, own, known, off);
            }
          }
        }
      }
    }
    System.out.println(
        off.size() + " are more than " + ERRORS + " standard deviations of a draw apart");
    off.forEach(System.out::println);
    return off.isEmpty() ? 0 : 1;
  }

  private boolean asks(Peer peer, Double known, Published.Cell cell, int features) {
    boolean chosen = peers.isEmpty() || peers.contains(peer.name());
    boolean compared = known != null || peer == KERNEL_SHAP && peer.gives(asked(cell));
    return chosen
        && compared
        && cell.masks() >= peer.least(features, asked(cell))
        && cell.masks() <= most
        && cell.masks() < 1 << features;
  }

  private void compare(Published.Cell cell, Peer peer, Mean own, Double known, List<String> off) {
    String line =
        String.format(
            Locale.ROOT,
            "%-24s %-6s %-24s %6d %10.3e",
            cell.set(),
            cell.asked(),
            peer.name(),
            cell.masks(),
            own.mean());
    if (known == null) {
      System.out.println(line);
      return;
    }
    double spread = Math.hypot(own.error() * Math.sqrt(1 + 1.0 / draws), READING * known);
    double apart = (own.mean() - known) / spread;
    System.out.printf(
        Locale.ROOT, "%s %10.3e %6.2f %6.1f%n", line, known, own.mean() / known, apart);
    if (Math.abs(apart) > ERRORS) {
      off.add(cell.set() + " " + cell.asked() + " " + peer.name() + " " + cell.masks());
    }
  }

  private static List<Peer> peers(String set) {
    List<Peer> all = new ArrayList<>(PEERS);
    all.add(set.startsWith("tabpfn") ? SVARM_IQ_OUTER_FIRST : SVARM_IQ);
    return all;
  }

  private static Asked asked(Published.Cell cell) {
    return ASKED.stream().filter(a -> a.label().equals(cell.asked())).findFirst().orElseThrow();
  }

  private Mean mean(Peer peer, EvaluatedSet set, List<TrueIndices> truths, Asked asked, int masks) {
    double[] errors = new double[draws];
    for (int d = 0; d < draws; d++) {
      for (int g = 0; g < set.games(); g++) {
        double[] truth = truths.get(g).of(asked);
        LookedUp game = new LookedUp(set.features(), set.values()[g]);
        // Published curves draw the same masks for all games, so that their errors go together.
        double[] found = peer.estimate(game, masks, asked, new SplittableRandom(d));
        if (game.looked() > masks) {
          throw new IllegalStateException(
              peer.name() + " looked " + game.looked() + " masks up of " + masks);
        }
        for (int i = 0; i < truth.length; i++) {
          double error = found[i] - truth[i];
          errors[d] += error * error / truth.length / set.games();
        }
      }
    }
    double mean = Arrays.stream(errors).average().orElseThrow();
    double squares = Arrays.stream(errors).map(e -> (e - mean) * (e - mean)).sum();
    return new Mean(mean, Math.sqrt(squares / (draws - 1)));
  }
}
