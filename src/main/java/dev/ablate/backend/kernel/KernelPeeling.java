package dev.ablate.backend.kernel;

import dev.ablate.backend.Buffer.Element;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding.Decoded;
import dev.ablate.backend.Decoding.Settings;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.PeelingRules;
import dev.ablate.backend.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Some problems at once: their bins, what is left in them, and the terms taken out so far. */
final class KernelPeeling {
  private static final String STEM = "decoding";
  private static final int TILE = KernelMacros.of(STEM).constant("TILE");
  private static final int MOST_WEAK = KernelMacros.of(STEM).constant("MOST_WEAK");

  /** Rounds between two looks at what was found; those after the last that finds some are empty. */
  private static final int ROUNDS_A_LOOK = 2;

  private final Runtime runtime;
  private final KernelDecodingCode code;
  private final CodedBins bins;
  private final int problems;
  private final int binCount;
  private final Settings settings;
  private final int items;
  private final int patterns;
  private final KernelBuffer numbers;
  private final KernelBuffer energies;
  private final KernelBuffer largest;
  private final KernelBuffer settled;
  private final KernelBuffer todo;
  private final KernelBuffer counters;
  private final KernelBuffer left;
  private final KernelBuffer where;
  private final KernelBuffer sets;
  private final KernelBuffer places;
  private final KernelBuffer claims;
  private final KernelBuffer means;
  private final KernelBuffer coefficients;
  private final KernelBuffer lists;
  private final KernelBuffer taken;
  private final KernelBuffer found;
  private final KernelBuffer foundValues;
  private final KernelBuffer foundSets;
  private final List<TreeMap<int[], Double>> terms = new ArrayList<>();
  private final int look;
  private double rounding;

  /** Room for problems of a design; all of it belongs to the scope. */
  KernelPeeling(
      Runtime runtime,
      Runtime.Scope scope,
      KernelDecodingCode code,
      int problems,
      Settings settings) {
    this.runtime = runtime;
    this.code = code;
    this.bins = code.bins();
    this.problems = problems;
    this.binCount = code.binsOfAll();
    this.settings = settings;
    int weak = Math.min(Math.min(2 * code.errors(), bins.delays()), MOST_WEAK);
    this.items = settings.patterns() == 1 ? 0 : weak;
    this.patterns = (int) Math.min(settings.patterns(), 1L << items);
    int all = Math.multiplyExact(problems, binCount);
    int errors = code.capacity();
    this.numbers = scope.temporary(Element.F64, (long) all * bins.delays());
    this.energies = scope.temporary(Element.F64, all);
    KernelBuffer[] zeros =
        scope.zeros(
            new Runtime.Shape(Element.U64, problems),
            new Runtime.Shape(Element.U64, 2L * all),
            new Runtime.Shape(Element.I32, all),
            new Runtime.Shape(Element.I32, (2L + PeelingRules.MAX_ROUNDS) * (1 + problems)),
            new Runtime.Shape(Element.I32, (1L + PeelingRules.MAX_ROUNDS) * problems),
            new Runtime.Shape(Element.I32, 1));
    this.largest = zeros[0];
    this.claims = zeros[1];
    this.settled = zeros[2];
    this.counters = zeros[3];
    this.taken = zeros[4];
    this.found = zeros[5];
    this.todo = scope.temporary(Element.I32, all);
    this.left = scope.temporary(Element.F64, all);
    this.where = scope.temporary(Element.I32, all);
    this.sets = scope.temporary(Element.I32, (long) all * (errors + 1));
    this.places = scope.temporary(Element.I32, (long) all * bins.groups());
    this.means = scope.temporary(Element.F64, (long) all * bins.groups());
    this.coefficients = scope.temporary(Element.F64, all);
    this.lists = scope.temporary(Element.I32, 3L * all);
    // What is decoded again has been peeled before: mostly its first round finds nothing.
    this.look = settings.everyBin() ? ROUNDS_A_LOOK : 1;
    // A round takes at most one term a bin: room for a look's rounds behind as many terms.
    long room = (1L + look) * all;
    this.foundValues = scope.temporary(Element.F64, room);
    this.foundSets = scope.temporary(Element.I32, room * (errors + 2));
    for (int p = 0; p < problems; p++) {
      terms.add(new TreeMap<>(Sets::compare));
    }
  }

  /** Decodes changed bins and peels until nothing changes in any problem. */
  List<Decoded> run(KernelBuffer transforms, int first) {
    gather(transforms, first);
    peel(0, settings.everyBin());
    int[] rounds = new int[problems];
    boolean[] active = new boolean[problems];
    Arrays.fill(active, true);
    int waiting = 0;
    boolean progress = true;
    for (int done = 0; progress && done < PeelingRules.MAX_ROUNDS; ) {
      int count = Math.min(look, PeelingRules.MAX_ROUNDS - done);
      for (int r = 1; r <= count; r++) {
        decode(done + r);
        peel(done + r, false);
      }
      int[] now = new int[count * problems];
      runtime
          .device()
          .read(taken.memory(), (done + 1L) * problems * Integer.BYTES, HostBuffer.of(now));
      for (int r = 1; r <= count; r++) {
        progress = false;
        for (int p = 0; p < problems; p++) {
          // A problem without progress has no changed bins and stays as it is from then on.
          int terms = now[(r - 1) * problems + p];
          rounds[p] = active[p] ? done + r : rounds[p];
          active[p] &= terms > 0;
          progress |= active[p];
          waiting += terms;
        }
      }
      done += count;
      if (waiting > problems * binCount) {
        collect(waiting);
        runtime.device().clear(found.memory(), 0, Integer.BYTES);
        waiting = 0;
      }
    }
    collect(waiting);
    return decoded(rounds);
  }

  private void gather(KernelBuffer transforms, int first) {
    boolean single = transforms.element() == Element.F32;
    rounding = single ? PeelingRules.SINGLE_ROUNDING : PeelingRules.ROUNDING;
    Runtime.Kernel kernel = runtime.kernel(STEM, "decoding_gather", code.macros());
    int blocks = problems * bins.groups();
    long tiles = (long) blocks * ((bins.points() + TILE - 1) / TILE);
    runtime.launch(
        kernel,
        runtime.groups(tiles, 1),
        runtime.groupSize(kernel),
        kernel.number("DECODING_GATHER_LOCAL"),
        Arguments.of()
            .reinterpret("doubles", transforms)
            .reinterpret("singles", transforms)
            .put("single", single ? 1 : 0)
            .put("from", (long) first * binCount * bins.delays())
            .put("numbers", numbers)
            .put("energies", energies)
            .put("largest", largest)
            .put("blocks", blocks)
            .put("groups", bins.groups())
            .put("delays", bins.delays())
            .put("points", bins.points()));
  }

  private void decode(int round) {
    Runtime.Kernel kernel = runtime.kernel(STEM, "decoding_decode", code.macros());
    runtime.launch(
        kernel,
        runtime.groups((long) problems * binCount, 1),
        runtime.groupSize(kernel),
        kernel.number("DECODING_DECODE_LOCAL", bins.delays(), patterns),
        Arguments.of()
            .put("numbers", numbers)
            .put("energies", energies)
            .put("todo", todo)
            .put("counters", counters)
            .put("counter", round * (1 + problems))
            .put("rows", code.rows())
            .put("tables", code.tables())
            .put("errors", code.errors())
            .put("degree", code.fieldDegree())
            .put("shifts", code.shifts())
            .put("four", code.fourFoldings())
            .put("hashes", code.hashes())
            .put("signatures", code.signatures())
            .put("features", bins.features())
            .put("groups", bins.groups())
            .put("delays", bins.delays())
            .put("points", bins.points())
            .put("words", bins.words())
            .put("patterns", patterns)
            .put("items", items)
            .put("residual", settings.residual())
            .put("left", left)
            .put("where", where)
            .put("sets", sets)
            .put("places", places));
  }

  /**
   * Takes the candidates of a round out and lists the bins for the next; round 0 only lists.
   *
   * @param every whether to list all bins but those of rounding
   */
  private void peel(int round, boolean every) {
    Runtime.Kernel kernel = runtime.kernel("peeling", "peeling_peel", Map.of());
    runtime.launch(
        kernel,
        problems,
        runtime.groupSize(kernel),
        kernel.number("PEELING_PEEL_LOCAL"),
        Arguments.of()
            .put("numbers", numbers)
            .put("energies", energies)
            .put("settled", settled)
            .put("largest", largest)
            .put("counters", counters)
            .put("left", left)
            .put("where", where)
            .put("sets", sets)
            .put("places", places)
            .put("signatures", code.signatures())
            .put("log_sets", code.logSets())
            .put("claims", claims)
            .put("means", means)
            .put("coefficients", coefficients)
            .put("lists", lists)
            .put("todo", todo)
            .put("taken", taken)
            .put("found", found)
            .put("found_values", foundValues)
            .put("found_sets", foundSets)
            .put("problems", problems)
            .put("bins", binCount)
            .put("groups", bins.groups())
            .put("delays", bins.delays())
            .put("words", bins.words())
            .put("errors", code.capacity())
            .put("round", round)
            .put("every", every ? 1 : 0)
            .put("rank", PeelingRules.quietRank(binCount))
            .put("rounding", rounding)
            .put("loud", PeelingRules.LOUD)
            .put("residual", settings.residual())
            .put("evidence", settings.evidence()));
  }

  /** Brings the terms found so far to the host, in the order in which they were taken. */
  private void collect(int count) {
    if (count == 0) {
      return;
    }
    int width = code.capacity() + 2;
    double[] values = new double[count];
    int[] records = new int[Math.multiplyExact(count, width)];
    runtime
        .device()
        .read(
            List.of(
                foundValues.fetch(0, HostBuffer.of(values)),
                foundSets.fetch(0, HostBuffer.of(records))));
    for (int i = 0; i < count; i++) {
      int from = i * width + 2;
      int[] set = Arrays.copyOfRange(records, from, from + records[from - 1]);
      terms.get(records[from - 2]).merge(set, values[i], Double::sum);
    }
  }

  private List<Decoded> decoded(int[] rounds) {
    List<Decoded> decoded = new ArrayList<>();
    for (int p = 0; p < problems; p++) {
      TreeMap<int[], Double> own = terms.get(p);
      double[] values = own.values().stream().mapToDouble(Double::doubleValue).toArray();
      decoded.add(new Decoded(Sets.of(own.keySet()), values, rounds[p]));
    }
    return decoded;
  }
}
