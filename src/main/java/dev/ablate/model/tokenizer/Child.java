package dev.ablate.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.NativeResource;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * A Java process that runs {@link ChildMain}, and the frames to and from it. It has no thread here:
 * whoever waits for an answer looks for it again and again. Not for use by several threads.
 */
final class Child implements AutoCloseable {
  /** KiB of addresses, most of which Java only reserves; the largest tokenizers need a quarter. */
  private static final int MOST_MEMORY = 4 << 20;

  private static final int LARGEST_ANSWER = 1 << 28;

  /** Of what the process says at its end; the reason comes first. */
  private static final int MOST_SAID = 1 << 14;

  /**
   * Ctrl-C is for the process that the user started, a core file for nobody; answers get the
   * descriptor 3, and what the library prints goes where its panics go.
   */
  private static final String SHELL =
      "trap '' INT QUIT HUP; ulimit -c 0; ulimit -v "
          + MOST_MEMORY
          + " 2>/dev/null; exec \"$0\" \"$@\" 3>&1 1>&2";

  /** Settings of this process that say where the library is and what it may do. */
  private static final List<String> PASSED_ON =
      List.of("ai.djl.", "DJL_", "ENGINE_", "RUST_", "ablate.", "java.io.tmpdir", "user.home");

  private static final List<String> FLAGS =
      List.of(
          "-Xrs",
          "-Xmx1g",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:CompressedClassSpaceSize=64m",
          "-XX:ErrorFile=/dev/null",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final DataOutputStream out;
  private final InputStream in;
  private final InputStream errors;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private Child(Process process) {
    this.process = process;
    this.out = new DataOutputStream(process.getOutputStream());
    this.in = process.getInputStream();
    this.errors = process.getErrorStream();
  }

  /** The process ended, or did not answer in time. The message says so as a part of a line. */
  static final class Ended extends Exception {
    private static final long serialVersionUID = 1L;

    Ended(String reason) {
      super(reason);
    }
  }

  /**
   * Starts a process.
   *
   * @param origin where the tokenizer came from, for messages
   */
  static Child start(String origin) throws IOException {
    try {
      // Its property is passed on: the child need not unpack a library of its own.
      TokenizerLibrary.place();
    } catch (LinkageError e) {
      throw TokenizerLibrary.notLoaded(e);
    }
    ProcessBuilder builder = new ProcessBuilder(command(origin));
    Map<String, String> environment = builder.environment();
    // Options of this process, such as a debugger's port, are not for another, and what is loaded
    // before it may speak where the reason of an end is read.
    environment
        .keySet()
        .removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "LD_PRELOAD"));
    environment.put("TOKENIZERS_PARALLELISM", "false");
    environment.put("RAYON_NUM_THREADS", "1");
    environment.put("RUST_BACKTRACE", "0");
    environment.put("MALLOC_ARENA_MAX", "2");
    return new Child(builder.start());
  }

  private static List<String> command(String origin) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, java()));
    command.addAll(FLAGS);
    for (String name : System.getProperties().stringPropertyNames()) {
      if (PASSED_ON.stream().anyMatch(name::startsWith)) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.addAll(List.of("-cp", classPath(), ChildMain.class.getName(), origin));
    return command;
  }

  private static String java() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return Files.isExecutable(java)
        ? java.toString()
        : ProcessHandle.current().info().command().orElse("java");
  }

  /** That of this process, and the places of its classes where an application loads them itself. */
  private static String classPath() {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(ChildMain.class, HuggingFaceTokenizer.class, NativeResource.class)) {
      CodeSource source = type.getProtectionDomain().getCodeSource();
      if (source != null && source.getLocation().getProtocol().equals("file")) {
        places.add(Path.of(URI.create(source.getLocation().toString())).toString());
      }
    }
    places.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, places);
  }

  /** Sends a frame of one or two pieces. */
  void send(byte[] first, byte[] second) throws Ended {
    try {
      out.writeInt(first.length + second.length);
      out.write(first);
      out.write(second);
      out.flush();
    } catch (IOException e) {
      throw ended();
    }
  }

  /**
   * Waits for a frame.
   *
   * @throws Ended if the process ends before it, or does not answer in time
   * @throws CancellationException if this thread is interrupted; its status stays set
   */
  ByteBuffer receive(Duration limit) throws Ended {
    long deadline = System.nanoTime() + limit.toNanos();
    byte[] length = receive(Integer.BYTES, deadline, limit);
    int size = ByteBuffer.wrap(length).getInt();
    if (size < 1 || size > LARGEST_ANSWER) {
      throw new Ended("its answer has " + size + " bytes");
    }
    return ByteBuffer.wrap(receive(size, deadline, limit));
  }

  private byte[] receive(int size, long deadline, Duration limit) throws Ended {
    byte[] frame = new byte[size];
    int have = 0;
    try {
      while (have < size) {
        boolean alive = process.isAlive();
        listen();
        int ready = Math.min(in.available(), size - have);
        if (ready > 0) {
          have += in.read(frame, have, ready);
        } else if (!alive) {
          throw ended();
        } else if (System.nanoTime() > deadline) {
          throw new Ended(limit.toSeconds() + " seconds are over");
        } else {
          Thread.sleep(1);
        }
      }
    } catch (IOException e) {
      throw ended();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    return frame;
  }

  /** Keeps what the process says, so that it can go on saying it. */
  private void listen() throws IOException {
    byte[] more = errors.readNBytes(errors.available());
    said.write(more, 0, Math.min(more.length, MOST_SAID - said.size()));
  }

  private Ended ended() {
    try {
      process.waitFor(5, TimeUnit.SECONDS);
      listen();
    } catch (IOException e) {
      // Then there is no more to hear.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    String status = process.isAlive() ? "" : " (status " + process.exitValue() + ")";
    return new Ended(LastWords.reason(said.toString(StandardCharsets.UTF_8)) + status);
  }

  /** Ends the process, whatever it is doing, and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    // Also when this thread is interrupted: what is killed is soon gone.
    process.onExit().join();
    for (AutoCloseable stream : List.of(in, errors, out)) {
      try {
        stream.close();
      } catch (Exception e) {
        // A frame that nobody will read.
      }
    }
  }
}
