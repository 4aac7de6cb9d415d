package dev.ablate.cli;

import dev.ablate.model.ModelDirectory;
import dev.ablate.model.remote.ServerAddress;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model a command asks. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "DIR|URL",
      description =
          "folder with model.onnx, tokenizer.json and config.json, or a bundled model:"
              + " bundled:sentiment (the default), a classifier, or bundled:facts, a language"
              + " model; of explain also the address of a server that speaks OpenAI's protocols,"
              + " such as http://localhost:8000/v1")
  private String named;

  /** What was given; null for nothing. */
  String named() {
    return named;
  }

  /** Tells which files are read. */
  void tell(CommandFiles files) {
    if (named != null && !ServerAddress.isOne(named)) {
      files.readsFolder("--model", Path.of(named), ModelDirectory.CONFIGURATION);
    }
  }
}
