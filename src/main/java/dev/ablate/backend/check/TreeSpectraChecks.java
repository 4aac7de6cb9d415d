package dev.ablate.backend.check;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Forest;
import dev.ablate.backend.TreeSpectra.Terms;
import java.util.List;

/** The spectrum of a forest must say about every mask what its trees say. */
final class TreeSpectraChecks {
  private TreeSpectraChecks() {}

  static List<Check> all() {
    // Sums of 60 leaves and of their 1024 coefficients in doubles.
    return List.of(
        new Check("treespectra.spectra", "all 2^10 masks", 1e-9, TreeSpectraChecks::run));
  }

  private static double run(Backend backend) {
    int features = 10;
    int trees = 60;
    Forest forest = Inputs.forest(features, 4, trees + 5, 11);
    Terms terms = backend.treeSpectra().spectra(List.of(forest), new int[] {trees}).get(0);
    double[] expected = new double[1 << features];
    double[] actual = new double[1 << features];
    for (int m = 0; m < expected.length; m++) {
      long[] mask = {m};
      expected[m] = Inputs.walk(forest, trees, mask, 1, 0);
      for (int s = 0; s < terms.sets().size(); s++) {
        actual[m] += Inputs.sign(terms.sets(), s, mask, 1, 0) * terms.coefficients()[s];
      }
    }
    return Inputs.distance(expected, actual);
  }
}
