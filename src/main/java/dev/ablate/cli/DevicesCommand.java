package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ablate.backend.Backends;
import dev.ablate.backend.kernel.DeviceListing;
import dev.ablate.model.ProviderReport;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ablate devices}: where the work can run. */
@Command(
    name = "devices",
    description =
        "Lists where the work can run, why a device is not usable, which backend is chosen, and what"
            + " models lack that are to run on a GPU.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer>, SettingOptions.Command {
  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;

  /**
   * One line of the list.
   *
   * @param id how {@code --backend} names it; a kind without a device has the kind's name
   * @param device in words, null where there is none
   * @param driver in its own words, null where there is none
   * @param problem why it is not usable, null if it is
   */
  private record Row(String id, String device, String driver, String problem) {}

  @Override
  public List<Setting<?>> settings() {
    return Backends.SETTINGS;
  }

  @Override
  public Integer call() {
    json.check(new CommandFiles());
    Settings given = SettingOptions.given(spec, settings());
    try (Backends.Choice choice = Backends.open(given)) {
      List<Row> rows = rows(given, choice);
      List<ProviderReport> providers = ProviderReport.all();
      json.write(list(rows, choice, providers), spec);
      if (!json.toStandardOutput()) {
        print(rows, choice, providers, spec.commandLine().getOut());
      }
    }
    return 0;
  }

  private static List<Row> rows(Settings given, Backends.Choice choice) {
    List<Row> rows = new ArrayList<>();
    for (DeviceListing listing : Backends.devices()) {
      if (listing.problem() != null) {
        rows.add(new Row(listing.kind(), null, null, listing.problem()));
      }
      for (DeviceListing.Candidate device : listing.devices()) {
        rows.add(new Row(device.id(), device.name(), device.driver(), device.problem()));
      }
    }
    if (choice.id().equals("host")) {
      rows.add(new Row("host", choice.backend().device(), null, null));
    } else {
      try (Backends.Choice host = Backends.open(given.with(Backends.BACKEND, "host"))) {
        rows.add(new Row("host", host.backend().device(), null, null));
      }
    }
    return rows;
  }

  private static void print(
      List<Row> rows, Backends.Choice choice, List<ProviderReport> providers, PrintWriter out) {
    int width = rows.stream().mapToInt(row -> row.id().length()).max().orElse(0);
    for (Row row : rows) {
      StringBuilder line = new StringBuilder(row.id());
      line.append(" ".repeat(width - row.id().length()));
      if (row.device() != null) {
        line.append("  ").append(row.device());
      }
      if (row.driver() != null) {
        line.append(" (").append(row.driver()).append(')');
      }
      if (row.problem() != null) {
        line.append("  not usable: ").append(row.problem());
      }
      out.println(line);
    }
    for (ProviderReport provider : providers) {
      String problem = provider.problem();
      out.println(
          "models on "
              + provider.provider()
              + ": "
              + (problem == null ? "usable" : "not usable: " + problem));
    }
    out.println("chosen: " + choice.reason());
  }

  private static ArrayNode list(
      List<Row> rows, Backends.Choice choice, List<ProviderReport> providers) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Row row : rows) {
      boolean chosen = row.id().equals(choice.id());
      list.addObject()
          .put("backend", row.id())
          .put("device", row.device())
          .put("driver", row.driver())
          .put("usable", row.problem() == null)
          .put("chosen", chosen)
          .put("reason", chosen ? choice.reason() : row.problem());
    }
    for (ProviderReport provider : providers) {
      list.addObject()
          .put("provider", provider.provider())
          .put("usable", provider.problem() == null)
          .put("reason", provider.problem());
    }
    return list;
  }
}
