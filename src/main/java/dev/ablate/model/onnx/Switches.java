package dev.ablate.model.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is switched in some rows.
 *
 * @param inputs the graph's own inputs for it
 * @param scales {@code (rows, components)}
 * @param partners for each row which reference stands for what is switched off
 */
record Switches(Inputs inputs, float[][] scales, int[] partners) {
  /**
   * Inputs of an edited graph.
   *
   * @param scale takes the scales
   * @param fills what stands for what is switched off; null for zeros
   * @param fill takes that, for each site
   * @param partners takes the numbers of references
   * @param positions takes their positions
   * @param components how many
   */
  record Inputs(
      TensorInfo scale,
      Fills fills,
      List<TensorInfo> fill,
      TensorInfo partners,
      TensorInfo positions,
      int components) {
    /** Those of a session over a graph that {@link SwitchEdit} made. */
    static Inputs of(OnnxSession session, List<Site> sites, Fills fills) {
      List<TensorInfo> all = session.inputs();
      List<TensorInfo> fill =
          fills == null
              ? List.of()
              : IntStream.range(0, sites.size())
                  .mapToObj(i -> TensorInfo.named(all, SwitchEdit.fill(i)))
                  .toList();
      return new Inputs(
          TensorInfo.named(all, SwitchEdit.SCALE),
          fills,
          fill,
          TensorInfo.named(all, SwitchEdit.PARTNERS),
          TensorInfo.named(all, SwitchEdit.POSITIONS),
          sites.stream().mapToInt(Site::count).sum());
    }

    /** Nothing is switched off, whichever rows there are. */
    BatchInputs ones() {
      return (run, batch, rows, width) -> {
        ByteBuffer memory = run.input(scale, rows, components);
        for (int n = 0; n < rows * components; n++) {
          memory.putFloat(n * Float.BYTES, 1);
        }
        bindFills(run, new int[rows], width);
      };
    }

    private void bindFills(OnnxRun run, int[] partnerOf, int width) {
      if (fills == null) {
        return;
      }
      fills.bind(run, fill);
      ByteBuffer which = run.input(partners, partnerOf.length);
      for (int row = 0; row < partnerOf.length; row++) {
        which.putLong(row * Long.BYTES, partnerOf[row]);
      }
      ByteBuffer where = run.input(positions, width);
      for (int t = 0; t < width; t++) {
        where.putLong(t * Long.BYTES, fills.position(t));
      }
    }
  }

  /** Rows of which each is switched in its own way. */
  static Switches of(Inputs inputs, int[][] rows, float[][] scales) {
    int[] partners = new int[rows.length];
    if (inputs.fills() != null) {
      for (int r = 0; r < rows.length; r++) {
        partners[r] = inputs.fills().partner(rows[r]);
      }
    }
    return new Switches(inputs, scales, partners);
  }

  /** What decides, beside its tokens, what a row gets. */
  Object state(int row) {
    return List.of(FloatBuffer.wrap(scales[row]), partners[row]);
  }

  /** What a run gets whose rows are these, one for one. */
  BatchInputs inOrder() {
    return of(IntStream.range(0, scales.length).toArray());
  }

  /**
   * What a run gets.
   *
   * @param sources for each row that runs, the row whose switches it has
   */
  BatchInputs of(int[] sources) {
    return (run, batch, rows, width) -> {
      ByteBuffer memory = run.input(inputs.scale(), rows, inputs.components());
      int[] partnerOf = new int[rows];
      for (int b = 0; b < rows; b++) {
        int row = sources[batch.first() + (b < batch.count() ? b : 0)];
        partnerOf[b] = partners[row];
        for (int c = 0; c < inputs.components(); c++) {
          memory.putFloat((b * inputs.components() + c) * Float.BYTES, scales[row][c]);
        }
      }
      inputs.bindFills(run, partnerOf, width);
    };
  }
}
