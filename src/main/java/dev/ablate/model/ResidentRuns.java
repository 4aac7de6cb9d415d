package dev.ablate.model;

import dev.ablate.backend.Tokens;
import dev.ablate.backend.kernel.OutOfDeviceMemoryException;
import dev.ablate.code.InputException;
import dev.ablate.model.ResidentNetwork.Layout;
import dev.ablate.model.ResidentNetwork.Prefix;
import dev.ablate.model.ResidentNetwork.Slot;
import dev.ablate.model.ResidentRows.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Runs rows through a network in the memory of a backend. A batch holds rows of one text, and of
 * others that are asked about at the same time where there is room. While the network is at one
 * batch the next is filled and queued, and the values of the one before are made.
 *
 * <p>Several threads may ask. One of them at a time works, for itself and with what the others ask
 * for beside; the others wait.
 */
public final class ResidentRuns implements AutoCloseable {
  private final ResidentNetwork network;
  private final BatchLimit limit;
  private final ResidentPrefixes prefixes;
  private final Slots slots;

  /** Under this lock: what is asked for, and whether somebody works. */
  private final List<Job> open = new ArrayList<>();

  private boolean working;

  /** Of the thread that works: whether the last batch found too little memory. */
  private boolean memoryIsShort;

  /** Of the thread that works: whether nothing that could be let go is left since then. */
  private boolean memoryWasFreed;

  /** Rows that a thread asks about and how far they are. */
  private static final class Job {
    private final ResidentRows rows;
    private int next;
    private int taken;
    private boolean alone;
    private RuntimeException failure;

    Job(ResidentRows rows) {
      this.rows = rows;
    }

    /** Whether rows are left to run. */
    boolean waits() {
      return failure == null && next < rows.count();
    }

    /** Whether nothing of it is under way, and nothing is left. */
    boolean done() {
      return taken == next && !waits();
    }
  }

  /** Rows of a job in a batch. */
  private record Share(Job job, Part part) {}

  /** A batch that is with the network. */
  private record Running(Slot slot, List<Share> shares, int positions) {}

  /** What may stand in a batch together. */
  private record Plan(int width, int rows, int asked, List<Job> jobs, List<Integer> counts) {}

  /** Runs through a network, which stays open. */
  public ResidentRuns(ResidentNetwork network) {
    this.network = network;
    this.limit = new BatchLimit(network.layout(), network.backend());
    this.prefixes = new ResidentPrefixes(network);
    this.slots = new Slots(network);
  }

  /** What rows run through. */
  public ResidentNetwork network() {
    return network;
  }

  /**
   * Runs rows; their values are told to the backend when this returns, which need not be done.
   *
   * @throws InputException if the network fails on them
   * @throws CancellationException if the calling thread was interrupted
   */
  public void run(ResidentRows rows) {
    if (rows.count() == 0) {
      return;
    }
    Job own = new Job(rows);
    synchronized (open) {
      open.add(own);
    }
    boolean interrupted = becomeWorker(own);
    try {
      if (!own.done()) {
        asWorker(() -> work(own));
      }
    } finally {
      synchronized (open) {
        open.remove(own);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (own.failure != null) {
      throw own.failure;
    }
  }

  /**
   * Whether rows may have some tokens in front of them computed once.
   *
   * @param front may be empty
   * @throws InputException if the network fails on them
   */
  public boolean shares(int[] front) {
    if (front.length == 0 || !network.layout().takesPrefix()) {
      return false;
    }
    boolean[] shares = new boolean[1];
    boolean interrupted = becomeWorker(null);
    asWorker(() -> shares[0] = prefixes.get(front, false) != null);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return shares[0];
  }

  /**
   * Waits until nobody works, or until a job was done by others.
   *
   * @param own may be null
   * @return whether the thread was interrupted meanwhile; the job is cancelled then
   */
  private boolean becomeWorker(Job own) {
    boolean interrupted = false;
    synchronized (open) {
      while (working && (own == null || !own.done())) {
        try {
          open.wait();
        } catch (InterruptedException e) {
          interrupted = true;
          if (own != null) {
            fail(own, cancelled());
          }
        }
      }
      working = working || own == null || !own.done();
    }
    return interrupted;
  }

  private void asWorker(Runnable work) {
    try {
      work.run();
    } finally {
      synchronized (open) {
        working = false;
        open.notifyAll();
      }
    }
  }

  private static CancellationException cancelled() {
    return new CancellationException("interrupted");
  }

  /** Runs all rows of a job, and what fits beside them. */
  private void work(Job own) {
    Running before = null;
    try {
      while (own.waits()) {
        if (Thread.currentThread().isInterrupted()) {
          fail(own, cancelled());
          break;
        }
        Running now = start(own, before != null);
        Running done = before;
        before = now;
        if (done != null) {
          take(done);
        }
        if (memoryIsShort) {
          memoryIsShort = false;
          slots.free();
          prefixes.free();
          memoryWasFreed = true;
        }
        if (before != null && limit.measures()) {
          done = before;
          before = null;
          take(done);
          network.backend().fetch(done.slot.scores(), 0, 1).await();
          limit.ran(done.positions);
        }
      }
    } finally {
      if (before != null) {
        take(before);
      }
    }
  }

  /**
   * Gives the network a batch; null where that failed, and then smaller batches, or other ones, are
   * tried next.
   *
   * @param busy whether another batch is under way
   */
  private Running start(Job own, boolean busy) {
    Plan plan = plan(own);
    Layout layout = network.layout();
    int rows = Math.max(plan.rows, layout.fixedRows());
    int past = own.rows.prefix().length;
    List<Share> shares = new ArrayList<>();
    Running running = null;
    try {
      Prefix prefix = prefixes.get(own.rows.prefix(), busy);
      if (prefix == null && past > 0) {
        throw new IllegalStateException(
            "the network does not compute the front by itself any more");
      }
      Slot slot = slots.next(rows, rows * (past + plan.width), plan.asked);
      Tokens.Batch batch = slot.batch(plan.width, past, layout.filler());
      int at = 0;
      int from = 0;
      for (int j = 0; j < plan.jobs.size(); j++) {
        Job job = plan.jobs.get(j);
        int count = plan.counts.get(j);
        int places = j == plan.jobs.size() - 1 ? rows - at : count;
        Part part = new Part(slot, batch, job.next - count, count, at, places, from);
        shares.add(new Share(job, part));
        at += count;
        from += count * job.rows.asked(plan.width);
        job.rows.fill(part);
      }
      slot.filled();
      network.run(slot, prefix, rows, plan.width, plan.asked);
      memoryWasFreed = false;
      running = new Running(slot, shares, rows * (past + plan.width));
    } catch (OutOfDeviceMemoryException e) {
      memoryIsShort = true;
      limit.halve(plan.rows * (past + plan.width));
      if (plan.rows == 1 && !busy && memoryWasFreed) {
        fail(own, tooLong(plan.width, e));
      }
    } catch (InputException e) {
      spoilt(plan, e);
    } catch (RuntimeException e) {
      fail(shares.isEmpty() ? own : shares.get(shares.size() - 1).job, e);
    } finally {
      if (running == null) {
        giveBack(plan);
      }
    }
    return running;
  }

  /** Of several texts one is at fault; each shows it alone. */
  private void spoilt(Plan plan, InputException e) {
    if (plan.jobs.size() == 1) {
      fail(plan.jobs.get(0), e);
    } else {
      plan.jobs.forEach(job -> job.alone = true);
    }
  }

  private static InputException tooLong(int width, OutOfDeviceMemoryException e) {
    return new InputException(
        "the device has not enough memory for a text of "
            + width
            + " tokens under this model ("
            + e.getMessage()
            + "); shorten the text, or run the model on the processor by "
            + InputException.setting("provider")
            + " cpu",
        e);
  }

  private void fail(Job job, RuntimeException e) {
    synchronized (open) {
      job.failure = job.failure == null ? e : job.failure;
    }
  }

  /** The rows of a plan wait again. */
  private void giveBack(Plan plan) {
    synchronized (open) {
      for (int j = 0; j < plan.jobs.size(); j++) {
        plan.jobs.get(j).next -= plan.counts.get(j);
      }
      open.notifyAll();
    }
  }

  /** Has the values of a batch made, after the network. Whose are not made hears why. */
  private void take(Running running) {
    try {
      running.slot.join();
    } catch (RuntimeException e) {
      running.shares.forEach(share -> fail(share.job, e));
    }
    for (Share share : running.shares) {
      try {
        if (share.job.failure == null) {
          share.job.rows.take(share.part);
        }
      } catch (RuntimeException e) {
        fail(share.job, e);
      }
      synchronized (open) {
        share.job.taken += share.part.count();
        open.notifyAll();
      }
    }
  }

  /**
   * The next rows of a job, and rows of others that fit beside them. From here on they are under
   * way: whoever is interrupted stays until nobody works on its rows any more.
   */
  private Plan plan(Job own) {
    BatchPlan plan = new BatchPlan(network.layout(), limit, own.rows.prefix().length);
    List<Job> planned = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    int asked = 0;
    synchronized (open) {
      List<Job> jobs = new ArrayList<>(List.of(own));
      open.stream().filter(other -> fitsBeside(own, other)).forEach(jobs::add);
      for (Job job : jobs) {
        int count = plan.add(job.rows, job.next);
        if (count > 0) {
          planned.add(job);
          counts.add(count);
          asked += count * job.rows.asked(plan.width());
          job.next += count;
        }
      }
    }
    return new Plan(plan.width(), plan.rows(), asked, planned, counts);
  }

  private static boolean fitsBeside(Job own, Job other) {
    return other != own
        && !own.alone
        && !other.alone
        && other.waits()
        && Arrays.equals(other.rows.prefix(), own.rows.prefix());
  }

  /** Frees what is the runs' own; the network stays open. */
  @Override
  public void close() {
    slots.free();
    prefixes.free();
  }
}
