package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ablate.backend.Backend;
import dev.ablate.backend.Backends;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ablate devices}: where the work can run. */
@Command(
    name = "devices",
    description = "Lists where the work can run, and which backend auto would choose.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;
  @Mixin private JsonOption json;

  @Override
  public Integer call() {
    json.check();
    Backends.Choice choice = engine.open();
    try (Backend backend = choice.backend()) {
      json.write(devices(choice), spec);
      if (!json.toStandardOutput()) {
        spec.commandLine().getOut().println(backend.name() + "  " + backend.device());
        spec.commandLine().getOut().println("chosen: " + choice.reason());
      }
    }
    return 0;
  }

  private static ArrayNode devices(Backends.Choice choice) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    list.addObject()
        .put("backend", choice.backend().name())
        .put("device", choice.backend().device())
        .put("usable", true)
        .put("chosen", true)
        .put("reason", choice.reason());
    return list;
  }
}
