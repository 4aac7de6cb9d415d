package dev.ablate.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build this is, as the build wrote it down. */
public final class BuildInfo {
  private static final Properties PROPERTIES = load();

  private BuildInfo() {}

  /** The project's version. */
  public static String version() {
    return PROPERTIES.getProperty("git.build.version", "unknown");
  }

  /**
   * Short hash of the commit, with {@code -dirty} for a changed tree; {@code unknown} without git.
   */
  public static String commit() {
    return PROPERTIES.getProperty("git.commit.id.describe", "unknown");
  }

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("/dev/ablate/build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
