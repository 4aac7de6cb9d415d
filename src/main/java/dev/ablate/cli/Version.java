package dev.ablate.cli;

import dev.ablate.run.BuildInfo;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"ablate " + BuildInfo.version() + " (" + BuildInfo.commit() + ")"};
  }
}
