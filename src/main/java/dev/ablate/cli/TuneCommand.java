package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backends;
import dev.ablate.backend.check.Workload;
import dev.ablate.backend.kernel.Device;
import dev.ablate.backend.kernel.KernelBackend;
import dev.ablate.backend.kernel.Tuner;
import dev.ablate.backend.kernel.TuningTables;
import dev.ablate.code.InputException;
import dev.ablate.io.AtomicFiles;
import dev.ablate.run.BuildInfo;
import dev.ablate.setting.Setting;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ablate tune}: numbers that make kernels fast on the user's own device. */
@Command(
    name = "tune",
    description =
        "Measures group sizes and other numbers of the kernels on a device and writes the best to"
            + " a table, which later runs on that device read. Results never change.",
    mixinStandardHelpOptions = true)
final class TuneCommand implements Callable<Integer>, SettingOptions.Command {
  /** Factor on the sizes of the work that is measured, so that a GPU is busy. */
  private static final int GPU_SCALE = 8;

  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "the table to write (default: the one that is read, ~/.config/ablate/tuning/DEVICE"
              + ".properties, or what "
              + TuningTables.VARIABLE
              + " names)")
  private Path out;

  @Option(
      names = "--only",
      paramLabel = "FAMILY",
      split = ",",
      description = "operation families to measure, such as walsh,parity (default: all)")
  private List<String> only;

  @Override
  public List<Setting<?>> settings() {
    return Backends.SETTINGS;
  }

  @Override
  public Integer call() {
    CommandFiles files = new CommandFiles();
    files.updates("--out", out);
    json.check(files);
    List<String> families = only == null ? Workload.families() : only;
    for (String family : families) {
      if (!Workload.families().contains(family)) {
        throw new InputException(
            "--only " + family + ": must be of " + String.join(", ", Workload.families()));
      }
    }
    if (out != null) {
      AtomicFiles.requireWritable(out);
    }
    try (Backends.Choice choice = Backends.open(SettingOptions.given(spec, settings()))) {
      if (!(choice.backend() instanceof KernelBackend backend)) {
        throw new InputException(
            "--backend "
                + choice.id()
                + ": the host has nothing to tune; name a device with --backend opencl or cuda"
                + " (ablate devices lists them)");
      }
      tune(choice, backend.deviceHandle(), families, files);
    }
    return 0;
  }

  private void tune(
      Backends.Choice choice, Device device, List<String> families, CommandFiles files) {
    Path table = out == null ? TuningTables.userTable(device.name()) : out;
    if (out == null) {
      files.updates("the tuning table " + table, table);
      AtomicFiles.makeFolder(table.toAbsolutePath().getParent());
      AtomicFiles.requireWritable(table);
    }
    List<Tuner.Measured> measured = new ArrayList<>();
    PrintWriter text = json.toStandardOutput() ? null : spec.commandLine().getOut();
    Tuner tuner =
        new Tuner(
            device,
            one -> {
              measured.add(one);
              if (text != null) {
                text.println(line(one));
                text.flush();
              }
            });
    int scale = device.architecture().equals("opencl-cpu") ? 1 : GPU_SCALE;
    Map<String, Integer> found = tuner.run(Workload.of(families, scale));
    write(table, device, found);
    json.write(report(choice, device, measured, table), spec);
    if (text != null) {
      tuner.refused().forEach((name, why) -> text.println(name + " not measured: " + why));
      text.println(found.size() + " of " + measured.size() + " numbers changed, in " + table);
      text.println("chosen: " + choice.reason());
    }
  }

  private static String line(Tuner.Measured one) {
    StringBuilder line = new StringBuilder(String.format("%-36s", one.name()));
    for (int i = 0; i < one.candidates().length; i++) {
      line.append(
          String.format(Locale.ROOT, " %d: %.2f ms ", one.candidates()[i], 1e3 * one.seconds()[i]));
    }
    line.append(" takes ").append(one.chosen());
    return one.chosen() == one.before() ? line.toString() : line + " (was " + one.before() + ")";
  }

  private static void write(Path table, Device device, Map<String, Integer> found) {
    StringBuilder text = new StringBuilder();
    text.append("# Written by ablate tune ").append(BuildInfo.version());
    text.append(" (").append(BuildInfo.commit()).append(")\n# on ");
    text.append((device.name() + ", " + device.driver()).replaceAll("\\p{Cntrl}+", " "));
    text.append(".\n");
    found.forEach((name, number) -> text.append(name).append(" = ").append(number).append('\n'));
    AtomicFiles.write(
        table, bytes -> bytes.write(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static ObjectNode report(
      Backends.Choice choice, Device device, List<Tuner.Measured> measured, Path table) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report
        .put("backend", choice.id())
        .put("device", device.name())
        .put("driver", device.driver())
        .put("architecture", device.architecture())
        .put("table", table.toString());
    ArrayNode numbers = report.putArray("numbers");
    for (Tuner.Measured one : measured) {
      ObjectNode number = numbers.addObject().put("name", one.name());
      ArrayNode workloads = number.putArray("workloads");
      one.workloads().forEach(workloads::add);
      number.put("before", one.before()).put("chosen", one.chosen());
      ArrayNode candidates = number.putArray("candidates");
      for (int i = 0; i < one.candidates().length; i++) {
        candidates.addObject().put("number", one.candidates()[i]).put("seconds", one.seconds()[i]);
      }
    }
    return report;
  }
}
