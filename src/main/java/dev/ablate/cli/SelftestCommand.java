package dev.ablate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ablate.backend.Backends;
import dev.ablate.backend.check.SelfTest;
import dev.ablate.setting.Setting;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ablate selftest}: known answers on the user's own device. */
@Command(
    name = "selftest",
    description = "Runs every operation on a backend and compares with known answers.",
    mixinStandardHelpOptions = true)
final class SelftestCommand implements Callable<Integer>, SettingOptions.Command {
  private static final int FAILED = 1;

  @Spec private CommandSpec spec;
  @Mixin private JsonOption json;

  @Override
  public List<Setting<?>> settings() {
    return Backends.SETTINGS;
  }

  @Override
  public Integer call() {
    json.check(new CommandFiles());
    try (Backends.Choice choice = Backends.open(SettingOptions.given(spec, settings()))) {
      List<SelfTest.Result> results = SelfTest.run(choice.backend());
      json.write(report(choice, results), spec);
      if (!json.toStandardOutput()) {
        print(choice, results, spec.commandLine().getOut());
      }
      return results.stream().allMatch(SelfTest.Result::passed) ? 0 : FAILED;
    }
  }

  private static void print(
      Backends.Choice choice, List<SelfTest.Result> results, PrintWriter out) {
    out.println(choice.backend().device());
    for (SelfTest.Result result : results) {
      String measured =
          result.failure() == null
              ? String.format(
                  Locale.ROOT, "off by %.1e, allowed %.1e", result.deviation(), result.tolerance())
              : result.failure().replaceAll("\\p{Cntrl}+", " ");
      out.println(
          String.format(
              Locale.ROOT,
              "%-6s  %-20s  %-24s  %6.3f s  %s",
              result.passed() ? "ok" : "FAILED",
              result.operation(),
              result.against(),
              result.seconds(),
              measured));
    }
    long failed = results.stream().filter(result -> !result.passed()).count();
    out.println(
        failed == 0
            ? "all " + results.size() + " answers are right"
            : failed + " of " + results.size() + " answers are wrong or missing");
    out.println("chosen: " + choice.reason());
  }

  private static ObjectNode report(Backends.Choice choice, List<SelfTest.Result> results) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report
        .put("backend", choice.id())
        .put("device", choice.backend().device())
        .put("driver", choice.backend().driver())
        .put("reason", choice.reason())
        .put("passed", results.stream().allMatch(SelfTest.Result::passed));
    ArrayNode list = report.putArray("checks");
    for (SelfTest.Result result : results) {
      ObjectNode one = list.addObject();
      one.put("operation", result.operation())
          .put("against", result.against())
          .put("passed", result.passed());
      // JSON has neither NaN nor infinity.
      if (Double.isFinite(result.deviation())) {
        one.put("deviation", result.deviation());
      } else {
        one.putNull("deviation");
      }
      one.put("tolerance", result.tolerance())
          .put("failure", result.failure())
          .put("seconds", result.seconds());
    }
    return report;
  }
}
