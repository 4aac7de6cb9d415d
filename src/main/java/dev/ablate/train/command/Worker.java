package dev.ablate.train.command;

import dev.ablate.code.FileTrouble;
import dev.ablate.code.InputException;
import dev.ablate.json.Lines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of the user's command, to which lines go and from which lines come. Threads of its own
 * write and read, so that whoever asks never waits longer than it wants to, be the other ends of
 * the pipes in whoever's hands. Not for use by several threads, but for {@link #kill}.
 */
final class Worker implements AutoCloseable {
  /** Lines that nobody asked for, before the process has to wait. */
  private static final int MOST_UNREAD = 16;

  private static final int LAST_LINES = 3;

  private static final long PATIENCE = TimeUnit.SECONDS.toMillis(5);

  /** Ctrl-C is for the process that the user started; that one ends its workers. */
  private static final String SHELL = "trap '' INT QUIT; exec /bin/sh -c \"$0\"";

  private final Process process;
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  // Empty once there are no more.
  private final BlockingQueue<Optional<String>> answers = new ArrayBlockingQueue<>(MOST_UNREAD);
  private final Deque<String> said = new ArrayDeque<>();
  private final Thread writer;
  private final Thread reader;
  private final Thread listener;
  private volatile String unreadable;

  /** The process ended, or did not answer in time. The message says so as a part of a line. */
  static final class Ended extends Exception {
    private static final long serialVersionUID = 1L;

    private final String lastWords;

    /**
     * Why it is so.
     *
     * @param reason a part of a line
     * @param lastWords what the process last said, as the end of a line
     */
    Ended(String reason, String lastWords) {
      super(reason);
      this.lastWords = lastWords;
    }

    String lastWords() {
      return lastWords;
    }
  }

  private Worker(Process process) {
    this.process = process;
    writer = start("writes", this::write);
    reader = start("reads", this::read);
    listener = start("listens", this::listen);
  }

  private Thread start(String what, Runnable work) {
    Thread thread = new Thread(work, "ablate-trainer-" + process.pid() + "-" + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Starts a process.
   *
   * @param command for the shell
   * @param environment variables that it gets on top
   */
  static Worker start(String command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", SHELL, command);
    builder.environment().putAll(environment);
    try {
      return new Worker(builder.start());
    } catch (IOException e) {
      throw new InputException(
          TrainerSettings.TRAINER
              + " "
              + command
              + ": no process can be started ("
              + FileTrouble.reason(e)
              + "): it needs /bin/sh",
          e);
    }
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      for (String line = requests.take(); !line.isEmpty(); line = requests.take()) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // Whoever waits for the answer learns of the end, or waits long enough.
      return;
    }
  }

  private void read() {
    try {
      try (Lines lines = new Lines(process.getInputStream(), "its output")) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          answers.put(Optional.of(line));
        }
      } catch (InputException e) {
        unreadable = e.getMessage();
      } catch (IOException e) {
        // The end of it, as below.
        unreadable = null;
      }
      answers.put(Optional.empty());
    } catch (InterruptedException e) {
      // Nobody asks any more.
      return;
    }
  }

  private void listen() {
    try (BufferedReader errors =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = errors.readLine(); line != null; line = errors.readLine()) {
        keep(line);
      }
    } catch (IOException e) {
      // Then there is no more to hear.
      return;
    }
  }

  private void keep(String line) {
    synchronized (said) {
      if (!line.isBlank()) {
        said.add(line.strip());
        if (said.size() > LAST_LINES) {
          said.remove();
        }
      }
    }
  }

  /** Sends a line; the last one must have been answered. */
  void send(String line) {
    requests.add(line);
  }

  /**
   * Waits for a line.
   *
   * @param seconds how long
   * @throws Ended if the process ends before it, or does not write one in time
   * @throws CancellationException if this thread is interrupted; its status stays set
   */
  String receive(double seconds) throws Ended {
    Optional<String> line;
    try {
      line = answers.poll((long) (1e9 * seconds), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (line == null) {
      throw new Ended("did not answer within " + seconds + " s", lastWords());
    }
    if (line.isEmpty()) {
      throw ended();
    }
    return line.get();
  }

  private Ended ended() {
    if (unreadable != null) {
      return new Ended("wrote what cannot be read (" + unreadable + ")", lastWords());
    }
    try {
      boolean gone = process.waitFor(PATIENCE, TimeUnit.MILLISECONDS);
      listener.join(gone ? PATIENCE : 1);
      return new Ended(
          gone ? "ended with status " + process.exitValue() : "closed its output", lastWords());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("interrupted");
  }

  /** What it last said on its standard error, as the end of a line. */
  private String lastWords() {
    synchronized (said) {
      return said.isEmpty()
          ? "; it said nothing"
          : "; it last said \"" + String.join(" / ", said) + "\"";
    }
  }

  /** Lets the process end by itself, for there is nothing more to do. */
  void dismiss() {
    requests.add("");
  }

  /** Ends the process and all that it started, whatever they are doing. */
  void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    List.of(writer, reader, listener).forEach(Thread::interrupt);
    // For whoever waits; where there is no room, it has something to wake it.
    answers.offer(Optional.empty());
  }

  /** Waits a little for a process that was dismissed, and ends it. */
  @Override
  public void close() {
    dismiss();
    try {
      process.waitFor(PATIENCE, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }
}
