package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import dev.ablate.backend.Decoding.Decoded;
import dev.ablate.backend.HostBuffer;
import dev.ablate.backend.Sets;
import dev.ablate.code.BchCode;
import dev.ablate.code.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Terms that were planted in bins must come out of them. */
final class DecodingChecks {
  private static final Decoding.Settings SETTINGS = new Decoding.Settings(55, 0.9, 3, true);

  private DecodingChecks() {}

  static List<Check> all() {
    return List.of(
        // What is left after peeling is rounding; devices may keep bins in single precision.
        new Check("decoding.decode", "planted terms", 1e-5, b -> planted(b, 0)),
        // A coefficient is a mean over all delays of three bins: 0.1 leaves room for ten times
        // that.
        new Check("decoding.decode", "planted terms in noise", 0.1, b -> planted(b, 0.1)));
  }

  private static double planted(Backend backend, double noise) {
    int features = 300;
    CodedBins bins = bins(features, 3, 6, 5);
    Sets sets = sorted(Inputs.sets(30, features, 4, 21));
    Philox.Stream random = Philox.stream(22, 5);
    double[] coefficients = new double[sets.size()];
    Arrays.setAll(coefficients, s -> (random.nextInt(2) * 2 - 1) * (1 + random.nextDouble()));
    double[] transforms = transforms(bins, sets, coefficients, noise);
    Decoded decoded =
        backend.decoding().decode(bins, HostBuffer.of(transforms), 1, SETTINGS).get(0);
    boolean same =
        Arrays.equals(sets.starts(), decoded.sets().starts())
            && Arrays.equals(sets.features(), decoded.sets().features());
    return same ? Inputs.distance(coefficients, decoded.coefficients()) : Check.WRONG;
  }

  /** Random bins of a code. */
  static CodedBins bins(int features, int groups, int dimension, int errors) {
    Philox.Stream random = Philox.stream(23, 6);
    int[] hashes =
        IntStream.generate(() -> random.nextInt(1 << dimension))
            .limit((long) groups * features)
            .toArray();
    return new CodedBins(BchCode.smallest(features, errors), groups, dimension, hashes);
  }

  /** Each term in its bin of each group, with the sign of its code word at each delay. */
  static double[] transforms(CodedBins bins, Sets sets, double[] coefficients, double noise) {
    double[] all = Inputs.normal(bins.groups() * bins.delays() * bins.points(), 24);
    Arrays.setAll(all, i -> noise * all[i]);
    long[] signatures = bins.signatures(sets);
    int[] places = bins.bins(sets);
    for (int c = 0; c < bins.groups(); c++) {
      for (int p = 0; p < bins.delays(); p++) {
        for (int s = 0; s < sets.size(); s++) {
          boolean minus = (signatures[s * bins.words() + (p >>> 6)] >>> p & 1) != 0;
          int at = (c * bins.delays() + p) * bins.points() + places[c * sets.size() + s];
          all[at] += minus ? -coefficients[s] : coefficients[s];
        }
      }
    }
    return all;
  }

  private static Sets sorted(Sets sets) {
    return Sets.of(
        IntStream.range(0, sets.size()).mapToObj(sets::get).sorted(Sets::compare).toList());
  }
}
