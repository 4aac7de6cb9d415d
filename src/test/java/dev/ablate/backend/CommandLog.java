package dev.ablate.backend;

import dev.ablate.backend.kernel.Device;
import java.util.ArrayList;
import java.util.List;

/** A device that notes which commands it is given. Closing it leaves the device open. */
public final class CommandLog extends PassingDevice {
  /** What a command does: the first three make the host wait for nothing. */
  public enum Kind {
    LAUNCH,
    CLEAR,
    COPY,
    WRITE,
    READ
  }

  /**
   * One command.
   *
   * @param kind what it does
   * @param subject the kernel, or the number of bytes
   * @param callers classes and methods that led to it, the nearest first
   */
  public record Command(Kind kind, String subject, List<String> callers) {
    /** Whether a method led to it, as {@code Class.method}. */
    public boolean from(String method) {
      return callers.contains(method);
    }
  }

  private final List<Command> commands = new ArrayList<>();

  CommandLog(Device device) {
    super(device);
  }

  /** The commands so far, in order. */
  public List<Command> commands() {
    return List.copyOf(commands);
  }

  private void note(Kind kind, Object subject) {
    List<String> callers =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .filter(f -> f.getClassName().startsWith("dev.ablate."))
                        .map(f -> simple(f.getClassName()) + "." + f.getMethodName())
                        .toList());
    commands.add(new Command(kind, subject.toString(), callers));
  }

  private static String simple(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  @Override
  public void write(Memory to, long offset, HostBuffer from) {
    note(Kind.WRITE, from.bytes());
    super.write(to, offset, from);
  }

  @Override
  public void read(Memory from, long offset, HostBuffer to) {
    note(Kind.READ, to.bytes());
    super.read(from, offset, to);
  }

  @Override
  public void read(List<Fetch> fetches) {
    note(Kind.READ, fetches.stream().mapToLong(f -> f.to().bytes()).sum());
    super.read(fetches);
  }

  @Override
  public void copy(Memory from, long fromOffset, Memory to, long toOffset, long bytes) {
    note(Kind.COPY, bytes);
    super.copy(from, fromOffset, to, toOffset, bytes);
  }

  @Override
  public void clear(Memory memory, long offset, long bytes) {
    note(Kind.CLEAR, bytes);
    super.clear(memory, offset, bytes);
  }

  @Override
  public void launch(
      Kernel kernel, int groups, int groupSize, int localBytes, Object... arguments) {
    note(Kind.LAUNCH, kernel.name());
    super.launch(kernel, groups, groupSize, localBytes, arguments);
  }

  @Override
  public void close() {
    // The device is not its own.
  }
}
