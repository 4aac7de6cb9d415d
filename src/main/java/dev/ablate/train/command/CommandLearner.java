package dev.ablate.train.command;

import dev.ablate.backend.host.Running;
import dev.ablate.code.InputException;
import dev.ablate.mask.Masks;
import dev.ablate.train.Groups;
import dev.ablate.train.Learner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Models that a user's command trains: some processes of it, each asked for one subset at a time. A
 * process that ends or does not answer in time is replaced and its subset asked again, a few times;
 * what it answers is taken as it is. The values of a subset are one row of {@link #outputs}, a
 * score each.
 */
public final class CommandLearner implements Learner {
  /** How often a subset is asked before the command counts as broken. */
  static final int TRIES = 3;

  /** Until a process has said its first line, for it may have much to load; seconds. */
  private static final double LONGEST_START = 120;

  private static final int NAMED_GROUPS = 6;

  /** By which numerical libraries know how many threads they may use. */
  private static final String THREADS = "OMP_NUM_THREADS";

  private final String command;
  private final Groups groups;
  private final int workers;
  private final double timeout;
  private final AtomicReferenceArray<Worker> processes;
  private final AtomicLong ids = new AtomicLong();
  private final Thread atTheEnd = new Thread(this::stop, "ablate-trainers-end");
  private final List<String> outputs;
  private volatile boolean stopped;

  /**
   * Starts the first process and waits for its first line.
   *
   * @param command for the shell
   * @param groups of the training rows; the command knows the rows by their numbers
   * @param workers most processes at once, at least 1
   * @param timeout longest time for one subset, seconds
   * @throws InputException if it does not start or does not say what it will give
   */
  public CommandLearner(String command, Groups groups, int workers, double timeout) {
    this.command = command;
    this.groups = groups;
    this.workers = workers;
    this.timeout = timeout;
    this.processes = new AtomicReferenceArray<>(workers);
    Runtime.getRuntime().addShutdownHook(atTheEnd);
    try {
      this.outputs = begin(0);
    } catch (Worker.Ended e) {
      close();
      throw trouble(
          e.getMessage() + " before its first line: try the command by itself" + e.lastWords(), e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** A name for each value that it gives for a subset. */
  public List<String> outputs() {
    return outputs;
  }

  /** One: its values stand for rows and scores alike. */
  @Override
  public int scores() {
    return 1;
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of(TrainerSettings.TRAINER.name(), command);
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if the command fails on a subset; those that are being trained are told
   *     before
   */
  @Override
  public void train(Masks kept, Sink sink) {
    AtomicInteger next = new AtomicInteger();
    int threads = Math.min(workers, kept.count());
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, threads), this::thread);
    List<Future<?>> running = new ArrayList<>();
    for (int w = 0; w < threads; w++) {
      int worker = w;
      running.add(
          pool.submit(
              () -> {
                try {
                  for (int s; (s = next.getAndIncrement()) < kept.count(); ) {
                    sink.scores(s, trained(worker, kept, s));
                  }
                } finally {
                  // After a failure nothing new begins; what the others are training ends.
                  next.set(kept.count());
                }
              }));
    }
    pool.shutdown();
    Running.await(running, this::stop);
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "ablate-trainer");
    thread.setDaemon(true);
    return thread;
  }

  private double[] trained(int worker, Masks kept, int subset) {
    for (int tries = 1; ; tries++) {
      try {
        return ask(worker, kept, subset);
      } catch (Worker.Ended e) {
        discard(worker);
        if (stopped) {
          throw new CancellationException("interrupted");
        }
        if (tries == TRIES) {
          throw trouble(
              e.getMessage()
                  + "; so it did "
                  + TRIES
                  + " times on the subset that keeps "
                  + described(kept, subset)
                  + ": mend the command, or raise "
                  + TrainerSettings.TIMEOUT
                  + e.lastWords(),
              e);
        }
      }
    }
  }

  private double[] ask(int worker, Masks kept, int subset) throws Worker.Ended {
    if (processes.get(worker) == null) {
      List<String> again = begin(worker);
      if (again.size() != outputs.size()) {
        throw trouble(
            "announced " + outputs.size() + " outputs at first and now " + again.size(), null);
      }
    }
    long id = ids.getAndIncrement();
    Worker process = processes.get(worker);
    process.send(Protocol.request(id, groups, kept, subset));
    String answer = process.receive(timeout);
    try {
      return Protocol.values(answer, id, outputs.size());
    } catch (InputException e) {
      discard(worker);
      throw trouble(
          e.getMessage() + " (on the subset that keeps " + described(kept, subset) + ")", e);
    }
  }

  /** Starts a process and waits for its first line. */
  private List<String> begin(int worker) throws Worker.Ended {
    Map<String, String> environment = new HashMap<>();
    environment.put("ABLATE_WORKER", Integer.toString(worker));
    if (System.getenv(THREADS) == null) {
      int cores = Runtime.getRuntime().availableProcessors();
      environment.put(THREADS, Integer.toString(Math.max(1, cores / workers)));
    }
    Worker process = Worker.start(command, environment);
    processes.set(worker, process);
    if (stopped) {
      process.kill();
    }
    process.send(Protocol.hello(groups));
    String first = process.receive(Math.max(timeout, LONGEST_START));
    try {
      return Protocol.outputs(first);
    } catch (InputException e) {
      throw trouble(e.getMessage(), e);
    }
  }

  private void discard(int worker) {
    Worker process = processes.getAndSet(worker, null);
    if (process != null) {
      process.kill();
    }
  }

  private InputException trouble(String what, Throwable cause) {
    return new InputException(
        TrainerSettings.TRAINER + ": the command \"" + command + "\" " + what, cause);
  }

  private String described(Masks kept, int subset) {
    StringBuilder names = new StringBuilder();
    int count = 0;
    for (int g = 0; g < groups.count(); g++) {
      if (kept.kept(subset, g) && ++count <= NAMED_GROUPS) {
        names.append(count == 1 ? "" : ", ").append(groups.names().get(g));
      }
    }
    if (count == 0) {
      return "nothing";
    }
    return names + (count > NAMED_GROUPS ? " and " + (count - NAMED_GROUPS) + " more" : "");
  }

  /** Ends all processes, and none is started again. */
  private void stop() {
    stopped = true;
    for (int w = 0; w < workers; w++) {
      Worker process = processes.get(w);
      if (process != null) {
        process.kill();
      }
    }
  }

  /** Lets the processes end by themselves, and ends those that do not. */
  @Override
  public void close() {
    List<Worker> open = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      Worker process = processes.getAndSet(w, null);
      if (process != null) {
        process.dismiss();
        open.add(process);
      }
    }
    open.forEach(Worker::close);
    try {
      Runtime.getRuntime().removeShutdownHook(atTheEnd);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
      return;
    }
  }
}
