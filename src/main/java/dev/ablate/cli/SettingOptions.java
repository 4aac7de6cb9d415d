package dev.ablate.cli;

import dev.ablate.code.InputException;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Rows of the settings table as options of a command. */
final class SettingOptions {
  private SettingOptions() {}

  /** A command whose options come from the table, beside those that it declares itself. */
  interface Command {
    /** Which settings it takes. */
    List<Setting<?>> settings();
  }

  /** Gives a command the options of its settings. */
  static void add(CommandLine command) {
    if (command.getCommand() instanceof Command taking) {
      taking.settings().forEach(setting -> command.getCommandSpec().addOption(option(setting)));
    }
  }

  private static OptionSpec option(Setting<?> setting) {
    OptionSpec.Builder option =
        OptionSpec.builder(flag(setting.name()))
            .userObject(setting)
            .paramLabel(setting.label())
            .description(InputException.named(setting.help(), SettingOptions::flag));
    if (setting.several()) {
      option.type(List.class).auxiliaryTypes(String.class);
    } else if (setting.isFlag()) {
      option.type(Boolean.class).arity("0");
    } else {
      option.type(String.class);
    }
    return option.build();
  }

  /** How the command line calls a setting. */
  static String flag(String name) {
    return "--" + name;
  }

  /**
   * What was given.
   *
   * @throws InputException if a value is none, or out of range
   */
  static Settings given(CommandSpec spec, List<Setting<?>> settings) {
    Settings given = Settings.STANDARD;
    for (Setting<?> setting : settings) {
      given = with(given, setting, spec.findOption(flag(setting.name())).getValue());
    }
    return given;
  }

  private static <T> Settings with(Settings given, Setting<T> setting, Object value) {
    if (value == null) {
      return given;
    }
    List<String> words =
        value instanceof List<?> several
            ? several.stream().map(Object::toString).toList()
            : List.of(value.toString());
    return given.with(setting, setting.parse(words));
  }
}
