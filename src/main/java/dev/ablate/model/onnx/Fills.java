package dev.ablate.model.onnx;

import dev.ablate.code.InputException;
import dev.ablate.code.Philox;
import dev.ablate.model.Replacement;
import dev.ablate.model.onnx.Site.Form;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * What stands for components that are switched off: what they give in other texts, in native
 * memory, for each site in the shape of its tensor with the texts first.
 */
final class Fills implements AutoCloseable {
  /** Separates the draws of partners from other uses of a seed. */
  private static final int STREAM = 0x5377;

  private final List<Site> sites;
  private final int references;
  private final int tokens;
  private final List<FloatPointer> memory = new ArrayList<>();
  private ToIntFunction<int[]> partner;

  /** Memory, all zeros, for some texts of at most so many tokens. */
  private Fills(List<Site> sites, int references, int tokens) {
    this.sites = sites;
    this.references = references;
    this.tokens = tokens;
    for (Site site : sites) {
      long numbers = (long) references * site.blocks() * tokens * site.together();
      memory.add(new FloatPointer(numbers));
    }
  }

  /**
   * Runs the references of a replacement.
   *
   * @param replacement not zeros
   * @param taps gives the tensors of the sites
   * @throws InputException if the graph fails on a reference
   */
  static Fills of(Replacement replacement, List<Site> sites, Taps taps) {
    if (replacement instanceof Replacement.Mean mean) {
      return mean(mean, sites, taps);
    }
    if (replacement instanceof Replacement.Drawn drawn) {
      List<int[]> rows = distinct(drawn.reference());
      Fills fills = ofRows(rows, sites, taps);
      fills.partner = row -> draw(rows, drawn.seed(), row);
      return fills;
    }
    if (replacement instanceof Replacement.Paired paired) {
      Map<IntBuffer, Integer> partners = new HashMap<>();
      for (int r = 0; r < paired.rows().size(); r++) {
        partners.put(IntBuffer.wrap(paired.rows().get(r)), r);
      }
      Fills fills = ofRows(paired.partners(), sites, taps);
      fills.partner = row -> requirePartner(partners, row);
      return fills;
    }
    throw new IllegalArgumentException("zeros need no memory");
  }

  private static List<int[]> distinct(List<int[]> rows) {
    Map<IntBuffer, int[]> distinct = new LinkedHashMap<>();
    rows.forEach(row -> distinct.put(IntBuffer.wrap(row), row));
    return List.copyOf(distinct.values());
  }

  private static int requirePartner(Map<IntBuffer, Integer> partners, int[] row) {
    Integer found = partners.get(IntBuffer.wrap(row));
    if (found == null) {
      throw new InputException(
          "a text of "
              + row.length
              + " tokens has no other text to take replacements from; give one for each");
    }
    return found;
  }

  private static int longest(List<int[]> rows) {
    return rows.stream().mapToInt(row -> row.length).max().orElse(0);
  }

  /** What a site gives in a row, {@code (blocks, tokens, together)} of the row's own tokens. */
  private static float[] own(Site site, Taps.Held held, int length) {
    int width = (int) held.shape()[site.form().tokens()];
    int block = length * site.together();
    float[] own = new float[site.blocks() * block];
    for (int b = 0; b < site.blocks(); b++) {
      System.arraycopy(held.numbers(), b * width * site.together(), own, b * block, block);
    }
    return own;
  }

  private static Fills mean(Replacement.Mean mean, List<Site> sites, Taps taps) {
    Fills fills = new Fills(sites, 1, mean.perPosition() ? longest(mean.reference()) : 1);
    int last = fills.tokens - 1;
    int[] counts = new int[fills.tokens];
    List<double[]> sums = new ArrayList<>();
    fills.memory.forEach(place -> sums.add(new double[Math.toIntExact(place.capacity())]));
    for (int[] row : mean.reference()) {
      List<Taps.Held> held = taps.of(row);
      for (int t = 0; t < row.length; t++) {
        counts[Math.min(t, last)]++;
      }
      for (int i = 0; i < sites.size(); i++) {
        int wide = sites.get(i).together();
        float[] own = own(sites.get(i), held.get(i), row.length);
        for (int n = 0; n < own.length; n++) {
          int line = n / wide;
          int to = line / row.length * fills.tokens + Math.min(line % row.length, last);
          sums.get(i)[to * wide + n % wide] += own[n];
        }
      }
    }
    for (int i = 0; i < sites.size(); i++) {
      double[] sum = sums.get(i);
      for (int n = 0; n < sum.length; n++) {
        int t = n / sites.get(i).together() % fills.tokens;
        fills.memory.get(i).put(n, (float) (sum[n] / counts[t]));
      }
    }
    fills.partner = row -> 0;
    return fills;
  }

  /** Each row as it is; behind its end its last position goes on. */
  private static Fills ofRows(List<int[]> rows, List<Site> sites, Taps taps) {
    Fills fills = new Fills(sites, rows.size(), longest(rows));
    for (int r = 0; r < rows.size(); r++) {
      int length = rows.get(r).length;
      List<Taps.Held> held = taps.of(rows.get(r));
      for (int i = 0; i < sites.size(); i++) {
        int wide = sites.get(i).together();
        float[] own = own(sites.get(i), held.get(i), length);
        float[] line = new float[wide];
        for (int b = 0; b < sites.get(i).blocks(); b++) {
          for (int t = 0; t < fills.tokens; t++) {
            int from = b * length + Math.min(t, length - 1);
            System.arraycopy(own, from * wide, line, 0, wide);
            long to = ((long) r * sites.get(i).blocks() + b) * fills.tokens + t;
            fills.memory.get(i).position(to * wide).put(line, 0, wide).position(0);
          }
        }
      }
    }
    return fills;
  }

  /** The number of the reference that a row takes: a function of the row and the seed alone. */
  private static int draw(List<int[]> rows, long seed, int[] row) {
    List<Integer> others = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      if (!Arrays.equals(rows.get(r), row)) {
        others.add(r);
      }
    }
    if (others.isEmpty()) {
      return 0;
    }
    int nearest =
        others.stream().mapToInt(r -> Math.abs(rows.get(r).length - row.length)).min().getAsInt();
    others.removeIf(r -> Math.abs(rows.get(r).length - row.length) != nearest);
    CRC32 hash = new CRC32();
    for (int token : row) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        hash.update(token >>> shift);
      }
    }
    int[] words = new int[4];
    Philox.generate(seed, -1, (int) hash.getValue(), row.length, STREAM, words);
    return others.get(Integer.remainderUnsigned(words[0], others.size()));
  }

  /** The number of the reference that a row takes. */
  int partner(int[] row) {
    return partner.applyAsInt(row);
  }

  /** The position of the references that stands for one of the rows. */
  int position(int token) {
    return Math.min(token, tokens - 1);
  }

  /** Gives the graph what is in the memory. */
  void bind(OnnxRun run, List<TensorInfo> inputs) {
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      long[] shape =
          site.form() == Form.HEADS
              ? new long[] {references, site.count(), tokens, site.size()}
              : new long[] {references, tokens, site.together()};
      run.input(inputs.get(i), new BytePointer(memory.get(i)), shape);
    }
  }

  @Override
  public void close() {
    memory.forEach(FloatPointer::close);
  }
}
