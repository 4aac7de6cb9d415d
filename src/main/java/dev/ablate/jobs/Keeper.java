package dev.ablate.jobs;

import dev.ablate.code.InputException;
import dev.ablate.game.Evaluation;
import dev.ablate.io.AtExit;
import dev.ablate.io.EvaluationFiles;
import dev.ablate.run.RunSettings;
import dev.ablate.setting.Setting;
import dev.ablate.setting.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Sees to it that evaluated masks outlive whatever happens before their result is written: a solver
 * that fails, memory that is used up, a full disk, Ctrl-C. They go to files that {@code solve}
 * reads.
 */
public final class Keeper {
  /** Files that {@code solve} does not read: they are for whoever wants them. */
  private static final Pattern NOT_SOLVED = Pattern.compile("(end|size|verify)-.*");

  /** How long the end of the process waits for work to hand on what it has. */
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(5);

  private final List<Path> parents;
  private final String name;
  private final Settings given;
  private final Consumer<String> ending;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean ends;
  private Evaluation evaluation;

  /** Runs from the first action at the end of the process, for all of them together. */
  private static final class Deadline {
    static final long AT = System.nanoTime() + LONGEST;
  }

  /**
   * A keeper for one run.
   *
   * @param parents folders of which the first that can be written is taken
   * @param name of the folder that is made there
   * @param given what the run was asked for; {@code solve} is told the same
   * @param ending hears where the masks are when the process is told to end
   */
  public Keeper(List<Path> parents, String name, Settings given, Consumer<String> ending) {
    this.parents = parents;
    this.name = name;
    this.given = given;
    this.ending = ending;
  }

  /** Folders to fall back on: where the process works, and the one for temporary files. */
  public static List<Path> fallbacks() {
    return List.of(Path.of(""), Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * Does something with what a run evaluates, until its result is where it belongs.
   *
   * @param work is given what to tell of an evaluation
   * @throws KeptException in place of what the work failed with, where masks were kept
   */
  public <T> T during(Function<Consumer<Evaluation>, T> work) {
    Thread worker = Thread.currentThread();
    AtExit.Action action = AtExit.add(() -> end(worker));
    try {
      T result = work.apply(this::keep);
      keep(null);
      return result;
    } catch (RuntimeException | Error e) {
      over.countDown();
      if (ends) {
        awaitEnd();
      }
      String where = write();
      if (where == null) {
        throw e;
      }
      throw new KeptException(where, e);
    } finally {
      over.countDown();
      action.close();
    }
  }

  private synchronized void keep(Evaluation all) {
    evaluation = all;
  }

  /**
   * Keeps what there is when the process is told to end. Work that has handed on nothing may be
   * evaluating: told to end, it hands on what it has so far.
   */
  private void end(Thread worker) {
    String where = write();
    if (where == null) {
      ends = true;
      worker.interrupt();
      try {
        over.await(Deadline.AT - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      where = write();
    }
    if (where != null) {
      ending.accept(where);
    }
  }

  /** The failure is that of the end, which says by itself what was kept; nothing is said of it. */
  private static void awaitEnd() {
    while (Deadline.AT - System.nanoTime() > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(Deadline.AT - System.nanoTime());
      } catch (InterruptedException e) {
        // It was told so before.
        continue;
      }
    }
  }

  /** Writes what is kept, once; says where, or null where there is nothing. */
  private synchronized String write() {
    if (evaluation == null) {
      return null;
    }
    Evaluation all = evaluation;
    evaluation = null;
    String why = "";
    for (Path parent : parents) {
      try {
        return told(EvaluationFiles.write(parent, name, all), all.masks());
      } catch (RuntimeException | Error e) {
        // The next folder may be on another disk; the failure that led here counts more.
        why = e.getMessage();
      }
    }
    return "its " + all.masks() + " evaluated masks are lost too (" + why + ")";
  }

  private String told(EvaluationFiles.Written written, long masks) {
    StringBuilder line = new StringBuilder();
    line.append(masks).append(" evaluated masks are kept in ").append(written.folder());
    line.append(": ablate solve");
    for (Map.Entry<String, Path> file : written.files().entrySet()) {
      if (!NOT_SOLVED.matcher(file.getKey()).matches()) {
        add(line, file.getKey(), file.getValue().toString());
      }
    }
    for (Setting<?> setting : RunSettings.FITTING) {
      if (given.set().contains(setting)) {
        add(line, setting.name(), setting.words(given));
      }
    }
    return line.toString();
  }

  private static void add(StringBuilder line, String setting, String word) {
    boolean plain = word.matches("[\\w.,:/+-]+");
    line.append(' ').append(InputException.setting(setting)).append(' ');
    line.append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
  }
}
