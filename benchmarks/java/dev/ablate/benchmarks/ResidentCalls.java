package dev.ablate.benchmarks;

import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import dev.ablate.model.LanguageModel;
import dev.ablate.model.ModelDirectory;
import dev.ablate.model.ResidentNetwork;
import dev.ablate.model.ResidentNetwork.Per;
import dev.ablate.model.Serving;
import dev.ablate.model.TextClassifier;
import dev.ablate.model.TextModel;
import java.nio.file.Path;

/**
 * Runs of models over the memory of a CUDA backend, each between lines on standard error, so that
 * one sees what {@code native/fakecudart} is asked for in each. Arguments are model directories, or
 * names of bundled models.
 */
public final class ResidentCalls {
  private static final int ROWS = 4;
  private static final int WIDTH = 8;
  private static final int ASKED = 8;

  private ResidentCalls() {}

  /** Runs each model. */
  public static void main(String[] models) {
    try (Backend backend = Backends.open("cuda", 1).backend()) {
      for (String model : models) {
        ModelDirectory directory =
            ModelDirectory.BUNDLED.contains(model)
                ? ModelDirectory.bundled(model)
                : ModelDirectory.open(Path.of(model));
        try (TextModel opened = directory.load(1, Serving.of(Serving.Asked.CUDA, backend))) {
          run(model, network(opened));
        }
      }
    }
  }

  private static ResidentNetwork network(TextModel model) {
    return model instanceof TextClassifier classifier
        ? classifier.scorer().resident()
        : ((LanguageModel) model).scorer().resident();
  }

  private static void run(String model, ResidentNetwork network) {
    int asked = network.layout().per() == Per.ASKED ? ASKED : 0;
    try (ResidentNetwork.Prefix prefix = network.prefix(new int[] {5, 6, 7});
        ResidentNetwork.Slot first = network.slot(ROWS, 2 * ROWS * WIDTH, asked);
        ResidentNetwork.Slot second = network.slot(ROWS, 2 * ROWS * WIDTH, asked)) {
      for (int run = 0; run < 4; run++) {
        ResidentNetwork.Slot slot = run % 2 == 0 ? first : second;
        slot.filled();
        System.err.println("== " + model + ", run " + run);
        network.run(slot, prefix, ROWS, WIDTH, asked);
        System.err.println("== between runs");
        slot.join();
      }
    }
  }
}
