package dev.ablate.lens.heads;

import dev.ablate.code.InputException;
import dev.ablate.lens.heads.Questions.Pair;
import dev.ablate.lens.text.TokenizedPrompt;
import dev.ablate.model.Replacement;
import dev.ablate.model.SwitchedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands in the place of what ablated components give.
 *
 * @param lens what somebody asked for
 * @param examples the examples
 * @param pairs the same as they are asked about
 */
record Replacements(HeadsLens lens, Examples examples, List<Pair> pairs) {
  /**
   * A model with these replacements.
   *
   * @throws InputException if there is nothing to take them from, or the network fails on it
   */
  SwitchedModel in(SwitchedModel model) {
    return switch (lens.ablation()) {
      case ZERO -> lens.rescale() ? model.rescaled() : model;
      case MEAN -> model.replacing(new Replacement.Mean(reference(model), false));
      case POSITION_MEAN -> model.replacing(new Replacement.Mean(reference(model), true));
      case RESAMPLE ->
          model.replacing(
              examples.arePairs() && lens.reference() == null
                  ? paired()
                  : new Replacement.Drawn(reference(model), lens.referenceSeed()));
    };
  }

  /** Each clean row meets its corrupted one, and that itself. */
  private Replacement paired() {
    List<int[]> rows = new ArrayList<>();
    List<int[]> partners = new ArrayList<>();
    for (Pair pair : pairs) {
      rows.addAll(pair.clean().rows());
      rows.addAll(pair.corrupted().rows());
      partners.addAll(pair.corrupted().rows());
      partners.addAll(pair.corrupted().rows());
    }
    return new Replacement.Paired(rows, partners);
  }

  private List<int[]> reference(SwitchedModel model) {
    if (lens.reference() == null) {
      List<int[]> rows = pairs.stream().map(pair -> pair.clean().rows().get(0)).toList();
      if (rows.stream().map(Arrays::hashCode).distinct().count() < 2) {
        throw new InputException(
            HeadsLens.ABLATE
                + " "
                + lens.ablation()
                + " takes what components give in other texts, and there are none; give some as "
                + HeadsLens.REFERENCE);
      }
      return rows;
    }
    List<int[]> rows = new ArrayList<>();
    for (Example example : lens.reference().all()) {
      try {
        rows.add(TokenizedPrompt.of(example.clean(), model.text()).tokens().ids());
      } catch (InputException e) {
        throw example.at(e);
      }
    }
    return rows;
  }
}
