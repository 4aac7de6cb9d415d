package dev.ablate.lens.text;

import dev.ablate.game.Span;
import dev.ablate.lens.Names;
import java.util.BitSet;
import java.util.List;

/**
 * What people may call the features of a text: their names, as they are shown, and any stretch of
 * the text that begins and ends with pieces, which names every feature that hides a part of it.
 *
 * @param text the text
 * @param pieces what the unit cuts it into, in order; a feature holds one or several
 * @param features the features
 */
record TextNames(String text, List<Span> pieces, Features features) implements Names {
  @Override
  public BitSet find(String name) {
    String wanted = Names.folded(name);
    BitSet found = Names.of(features.names()).find(name);
    for (int first = 0; first < pieces.size(); first++) {
      boolean longer = false;
      for (int last = first; last < pieces.size() && !longer; last++) {
        Span stretch = new Span(pieces.get(first).start(), pieces.get(last).end());
        String reading = Names.folded(stretch.of(text));
        if (Names.reads(reading, wanted)) {
          markOverlapping(stretch, found);
        }
        longer = Names.EDGES.matcher(reading).replaceAll("").length() >= wanted.length();
      }
    }
    return found;
  }

  private void markOverlapping(Span stretch, BitSet found) {
    for (int f = 0; f < features.count(); f++) {
      if (features.spans().get(f).overlap(stretch.start(), stretch.end()) > 0) {
        found.set(f);
      }
    }
  }

  @Override
  public boolean mayBegin(String part) {
    return Names.folded(text).contains(Names.folded(part))
        || Names.of(features.names()).mayBegin(part);
  }
}
