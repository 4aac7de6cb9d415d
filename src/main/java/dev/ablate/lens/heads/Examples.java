package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.code.Sha256;
import java.util.List;

/**
 * What a network is asked about under every mask.
 *
 * @param all the examples, at least one
 */
public record Examples(List<Example> all) {
  /**
   * Copies the list.
   *
   * @throws InputException if it is empty, or if some examples are pairs and others are not
   */
  public Examples {
    all = List.copyOf(InputException.required(all, "the list of examples"));
    if (all.isEmpty()) {
      throw new InputException("there are no examples; give at least one");
    }
    long pairs = all.stream().filter(example -> example.corrupted() != null).count();
    if (pairs != 0 && pairs != all.size()) {
      throw new InputException(
          pairs
              + " of "
              + all.size()
              + " examples have a corrupted prompt; give one to each or to none");
    }
  }

  /** Number of examples. */
  public int count() {
    return all.size();
  }

  /** Whether each is a pair of a clean and a corrupted prompt. */
  public boolean arePairs() {
    return all.get(0).corrupted() != null;
  }

  /** SHA-256, in hexadecimal, of all that decides values. */
  String sha256() {
    StringBuilder content = new StringBuilder();
    for (Example example : all) {
      String own = example.content();
      content.append(own.length()).append(' ').append(own);
    }
    return Sha256.hex(content.toString());
  }
}
