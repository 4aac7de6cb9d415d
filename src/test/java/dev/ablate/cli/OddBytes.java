package dev.ablate.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** The bytes of a file with something odd among them. */
public final class OddBytes {
  private static final List<String> PIECES =
      List.of(
          "",
          "\u0000",
          "\uFEFF",
          "\n\n",
          "\r",
          "}",
          "{\"a\": 1}",
          "garbage",
          "\u001b[31m",
          "-1",
          "9999999999",
          "'descr'",
          "x".repeat(5000));

  private OddBytes() {}

  /** A copy with one to three changes. */
  public static byte[] of(byte[] file, Random random) {
    byte[] odd = file;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      odd = changed(odd, random);
    }
    return odd;
  }

  private static byte[] changed(byte[] file, Random random) {
    int at = random.nextInt(file.length + 1);
    int end = Math.min(file.length, at + 1 + random.nextInt(40));
    return switch (random.nextInt(10)) {
      case 0, 1 -> flipped(file, random);
      case 2 -> joined(Arrays.copyOf(file, at), new byte[0]);
      case 3 -> joined(Arrays.copyOf(file, at), Arrays.copyOfRange(file, end, file.length));
      case 4 -> inserted(file, at, Arrays.copyOfRange(file, at, end));
      case 5 -> inserted(file, at, noise(random));
      case 6 -> inserted(file, at, utf8(PIECES.get(random.nextInt(PIECES.size()))));
      case 7 -> inserted(file, file.length, utf8(PIECES.get(random.nextInt(PIECES.size()))));
      case 8 -> new String(file, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16);
      default -> digits(file, random);
    };
  }

  private static byte[] flipped(byte[] file, Random random) {
    byte[] odd = file.clone();
    if (odd.length > 0) {
      odd[random.nextInt(odd.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return odd;
  }

  /** Digits that stand together become another number. */
  private static byte[] digits(byte[] file, Random random) {
    List<String> numbers = List.of("0", "-1", "7", "2147483648", "9223372036854775807", "1e9");
    String text = new String(file, StandardCharsets.ISO_8859_1);
    List<int[]> places =
        Pattern.compile("[0-9]+")
            .matcher(text)
            .results()
            .map(found -> new int[] {found.start(), found.end()})
            .toList();
    if (places.isEmpty()) {
      return file;
    }
    int[] place = places.get(random.nextInt(places.size()));
    String number = numbers.get(random.nextInt(numbers.size()));
    return (text.substring(0, place[0]) + number + text.substring(place[1]))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[1 + random.nextInt(8)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] inserted(byte[] file, int at, byte[] piece) {
    byte[] front = joined(Arrays.copyOf(file, at), piece);
    return joined(front, Arrays.copyOfRange(file, at, file.length));
  }

  private static byte[] joined(byte[] front, byte[] back) {
    byte[] both = Arrays.copyOf(front, front.length + back.length);
    System.arraycopy(back, 0, both, front.length, back.length);
    return both;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
