package dev.ablate.benchmarks;

import dev.ablate.game.Values;
import dev.ablate.mask.Masks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An evaluated game of {@code ../shared/games}.
 *
 * @param masks {@code (rows, features)}
 * @param values {@code (rows,)}
 */
public record SharedGame(Masks masks, Values values) {
  private static final Pattern SHAPE = Pattern.compile("'shape': \\((\\d+),\\s*(\\d*)\\)");

  /** Reads the masks and values to fit on. */
  public static SharedGame read(String name) {
    Path folder = Path.of("..", "shared", "games", name);
    try {
      byte[] masks = Files.readAllBytes(folder.resolve("masks.npy"));
      int[] shape = shape(masks);
      boolean[][] rows = new boolean[shape[0]][shape[1]];
      ByteBuffer bits = data(masks);
      for (boolean[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = bits.get() != 0;
        }
      }
      double[] values = new double[shape[0]];
      data(Files.readAllBytes(folder.resolve("values.npy"))).asDoubleBuffer().get(values);
      return new SharedGame(Masks.of(rows), Values.of(values));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int headerEnd(byte[] npy) {
    return 10 + ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
  }

  private static ByteBuffer data(byte[] npy) {
    int from = headerEnd(npy);
    return ByteBuffer.wrap(npy, from, npy.length - from).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int[] shape(byte[] npy) {
    Matcher shape =
        SHAPE.matcher(new String(npy, 10, headerEnd(npy) - 10, StandardCharsets.US_ASCII));
    if (!shape.find()) {
      throw new IllegalArgumentException("no shape in the header");
    }
    return new int[] {Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2))};
  }
}
