package dev.ablate.setting;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What somebody set; everything else has its default. Immutable. */
public final class Settings {
  /** Nothing is set. */
  public static final Settings STANDARD = new Settings(Map.of());

  private final Map<Setting<?>, Object> values;

  private Settings(Map<Setting<?>, Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** The value of a setting, its default where nobody set it; null if it has none. */
  @SuppressWarnings("unchecked") // with() puts values of the setting's type only.
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    return value == null ? setting.standard() : (T) value;
  }

  /**
   * The same with a setting set; null takes back what was set.
   *
   * @throws dev.ablate.code.InputException if the value is out of range
   */
  public <T> Settings with(Setting<T> setting, T value) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
    if (value == null) {
      changed.remove(setting);
    } else {
      changed.put(setting, setting.check(value));
    }
    return new Settings(changed);
  }

  /** The same with all that others set. */
  public Settings with(Settings others) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
    changed.putAll(others.values);
    return new Settings(changed);
  }

  /** Which settings somebody set. */
  public Collection<Setting<?>> set() {
    return values.keySet();
  }
}
