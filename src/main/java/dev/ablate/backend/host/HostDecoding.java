package dev.ablate.backend.host;

import dev.ablate.backend.Buffer;
import dev.ablate.backend.CodedBins;
import dev.ablate.backend.Decoding;
import dev.ablate.code.BchDecoder;
import java.util.ArrayList;
import java.util.List;

/** Decoding on the host's cores, a bin a task; terms are peeled in a fixed order. */
final class HostDecoding implements Decoding {
  private final Workers workers;

  HostDecoding(Workers workers) {
    this.workers = workers;
  }

  @Override
  public List<Decoded> decode(CodedBins bins, Buffer transforms, int problems, Settings settings) {
    int size = bins.groups() * bins.delays() * bins.points();
    if (transforms.length() != (long) problems * size) {
      throw new IllegalArgumentException(
          "a buffer of " + transforms.length() + " does not hold " + problems + " x " + size);
    }
    double[] all = transforms.toHost().doubles();
    int[] parityTable = BchDecoder.parityTable(bins.code());
    List<Decoded> decoded = new ArrayList<>();
    for (int problem = 0; problem < problems; problem++) {
      decoded.add(new HostPeeling(workers, bins, settings, parityTable, all, problem * size).run());
    }
    return decoded;
  }
}
