package dev.ablate.lens.text;

import dev.ablate.code.Characters;
import dev.ablate.code.InputException;
import dev.ablate.lens.Names;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which labels are explained.
 *
 * @param labels all of the model, in the order of its logits
 */
public record Targets(List<String> labels) {
  /**
   * The numbers of the chosen labels, each once.
   *
   * @param targets names or numbers, each perhaps several with commas between them; empty for the
   *     label with the largest logit
   * @throws InputException if one is empty, unknown or the name of several labels
   */
  public int[] choose(List<String> targets, float[] logits) {
    if (targets.isEmpty()) {
      int best = 0;
      for (int k = 1; k < logits.length; k++) {
        best = logits[k] > logits[best] ? k : best;
      }
      return new int[] {best};
    }
    Names names = Names.of(labels);
    Set<Integer> chosen = new LinkedHashSet<>();
    for (String list : targets) {
      names.items(list).forEach(target -> chosen.add(label(names, target, list)));
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The number of one label.
   *
   * @param name its name, or its number where none is called so
   * @throws InputException if there is none, or several are called so
   */
  public int label(String name) {
    return label(Names.of(labels), name.strip(), name);
  }

  private int label(Names names, String target, String list) {
    if (target.isEmpty()) {
      throw new InputException(
          TextLens.TARGET
              + " has an empty place in \""
              + Characters.line(list)
              + "\"; name a label there or take the comma out; the model has "
              + listed());
    }
    int exact = labels.indexOf(target);
    if (exact >= 0 && exact == labels.lastIndexOf(target)) {
      return exact;
    }
    BitSet found = names.find(target);
    if (found.cardinality() == 1) {
      return found.nextSetBit(0);
    }
    if (found.isEmpty() && target.matches("\\d{1,9}") && Integer.parseInt(target) < labels.size()) {
      return Integer.parseInt(target);
    }
    throw new InputException(
        found.isEmpty()
            ? "the model has no label \"" + Characters.line(target) + "\"; it has " + listed()
            : "\""
                + Characters.line(target)
                + "\" names the labels "
                + found.stream().mapToObj(Integer::toString).collect(Collectors.joining(" and "))
                + "; give the number, or the name as it is written: "
                + listed());
  }

  private String listed() {
    return labels.stream().map(Characters::line).collect(Collectors.joining(", "));
  }
}
