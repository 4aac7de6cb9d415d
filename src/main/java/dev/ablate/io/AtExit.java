package dev.ablate.io;

import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What is to be done when the process is told to end while work is under way, such as by Ctrl-C.
 * Actions run one after another, so that files which one of them writes are whole before another
 * one clears up.
 */
public final class AtExit {
  private static final ConcurrentLinkedDeque<Action> ACTIONS = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::runAll));
  }

  private AtExit() {}

  /** An action that waits; closing it takes it back. */
  public static final class Action implements AutoCloseable {
    private final Runnable work;

    private Action(Runnable work) {
      this.work = work;
    }

    @Override
    public void close() {
      ACTIONS.remove(this);
    }
  }

  /** Adds an action; later ones run first. */
  public static Action add(Runnable work) {
    Action action = new Action(work);
    ACTIONS.addFirst(action);
    return action;
  }

  private static void runAll() {
    for (Action action : ACTIONS) {
      try {
        action.work.run();
      } catch (RuntimeException | Error e) {
        // The process ends; the other actions still have their work to do.
        continue;
      }
    }
  }
}
