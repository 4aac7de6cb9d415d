package dev.ablate.view;

import dev.ablate.game.Input;
import java.util.List;

/**
 * Where the components of a network lie in a picture: a row a layer, the first at the bottom; heads
 * by their numbers, then the MLP block; neurons in rows of their own below those of their layer.
 * Numbers are pixels, y downwards.
 */
final class LayerGrid {
  private static final int CELL = 36;
  private static final int LEFT = 84;
  private static final int TOP = 24;
  private static final int LEAST_COLUMNS = 16;
  private static final double RADIUS = 11;
  private static final double SMALL = 6;

  /** How far an arc bends away from the straight line, as a share of its length. */
  private static final double BEND = 0.22;

  /** A place. */
  record Point(double x, double y) {
    /** As an SVG path has it. */
    String words() {
      return Svg.number(x) + " " + Svg.number(y);
    }

    /** The control point of an arc to another place, upwards of the line between them. */
    Point bend(Point to) {
      double dx = to.x - x;
      double dy = to.y - y;
      double up = dx > 0 || (dx == 0 && dy < 0) ? 1 : -1;
      return new Point((x + to.x) / 2 + up * BEND * dy, (y + to.y) / 2 - up * BEND * dx);
    }
  }

  private final Input.Components input;
  // Columns of a row, and that of the MLP blocks.
  private final int columns;
  private final int blocks;
  // The line, from the top, in which the heads of each layer lie; then how many lines there are.
  private final int[] line;
  private final Point[] places;

  LayerGrid(Input.Components input) {
    this.input = input;
    this.blocks = input.heads().stream().max(Integer::compare).orElse(0);
    this.columns = Math.max(LEAST_COLUMNS, blocks + 1);
    int layers = input.layers();
    int[] neurons = new int[layers];
    input.components().stream()
        .filter(LayerGrid::isNeuron)
        .forEach(component -> neurons[component.layer()]++);
    this.line = new int[layers + 1];
    for (int layer = layers - 1, next = 0; layer >= 0; layer--) {
      line[layer] = next;
      next += 1 + (neurons[layer] + columns - 1) / columns;
      line[layers] = next;
    }
    this.places = new Point[input.components().size()];
    int[] placed = new int[layers];
    for (int feature = 0; feature < places.length; feature++) {
      Input.Component component = input.components().get(feature);
      int layer = component.layer();
      if (isNeuron(component)) {
        int at = placed[layer]++;
        places[feature] = at(at % columns, line[layer] + 1 + at / columns);
      } else {
        boolean head = component.kind().equals(Input.Component.HEAD);
        places[feature] = at(head ? component.number() : blocks, line[layer]);
      }
    }
  }

  /** Whatever may come many times in a layer and is no head. */
  private static boolean isNeuron(Input.Component component) {
    return !List.of(Input.Component.HEAD, Input.Component.MLP).contains(component.kind());
  }

  private static Point at(int column, int line) {
    return new Point(LEFT + CELL * (column + 0.5), TOP + CELL * (line + 0.5));
  }

  /** Where a feature is. */
  Point of(int feature) {
    return places[feature];
  }

  /** Where a head is, feature or not. */
  Point head(int layer, int number) {
    return at(number, line[layer]);
  }

  /** The height of a layer's heads. */
  double row(int layer) {
    return at(0, line[layer]).y();
  }

  /** How many columns of heads there are; that of the MLP blocks follows. */
  int heads() {
    return blocks;
  }

  /** Where the arms of a star meet: amid its ends, but above them where they are in one row. */
  Point middle(List<Point> ends) {
    double x = ends.stream().mapToDouble(Point::x).average().orElseThrow();
    double y = ends.stream().mapToDouble(Point::y).average().orElseThrow();
    boolean row = ends.stream().allMatch(end -> end.y() == y);
    return new Point(x, row ? y - CELL / 2.0 : y);
  }

  double radius() {
    return RADIUS;
  }

  /** The radius of a feature. */
  double radius(int feature) {
    return isNeuron(input.components().get(feature)) ? SMALL : RADIUS;
  }

  double width() {
    return LEFT + CELL * columns + LEFT / 2.0;
  }

  double height() {
    return TOP + CELL * line[input.layers()];
  }
}
