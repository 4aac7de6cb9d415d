package dev.ablate.model.chat;

/**
 * One rendering: the text so far, the variables at hand, and how much a template may still do.
 * Templates come from folders that somebody downloaded; no size in them is theirs alone.
 */
final class Run {
  /** Far more than any chat takes. */
  private static final long MOST_NANOSECONDS = 10_000_000_000L;

  /** Variables read, values compared and printed, turns of loops. */
  private static final long MOST_STEPS = 10_000_000;

  private static final long STEPS_PER_LOOK = 1024;

  /** Characters and entries of lists that are made on the way. */
  private static final long MOST_MADE = 1L << 28;

  /** Characters of a text, entries of a list; a tokenizer takes less. */
  private static final long LARGEST = 1L << 22;

  private static final int DEEPEST = 200;

  /** What follows in the body of a loop. */
  enum Flow {
    ON,
    CONTINUE,
    BREAK
  }

  private final long start = System.nanoTime();
  private long steps;
  private long made;
  private int depth;
  private Scope scope;
  private StringBuilder out = new StringBuilder();
  private Flow flow = Flow.ON;
  private TemplateTrouble trouble;

  Run(Scope scope) {
    this.scope = scope;
  }

  /**
   * Counts a step.
   *
   * @throws TemplateTrouble if there were too many, or time is over
   */
  void step() {
    if (++steps > MOST_STEPS) {
      throw new TemplateTrouble("it is not done after " + MOST_STEPS + " steps");
    }
    if (steps % STEPS_PER_LOOK == 0) {
      look();
    }
  }

  /** Looks at the clock. */
  private void look() {
    if (System.nanoTime() - start > MOST_NANOSECONDS) {
      throw new TemplateTrouble(
          "it is not done after " + MOST_NANOSECONDS / 1_000_000_000 + " seconds");
    }
  }

  /**
   * Counts what is made, before it is.
   *
   * @param size characters or entries
   * @throws TemplateTrouble if it is too much
   */
  void make(long size) {
    look();
    made += Math.max(0, size);
    if (size > LARGEST || made > MOST_MADE) {
      throw new TemplateTrouble(
          "it makes a text or a list of more than "
              + (size > LARGEST ? LARGEST : MOST_MADE)
              + " characters or entries");
    }
  }

  /** What is made of a value within a value. */
  interface Inner<T> {
    T value();
  }

  /**
   * Goes a level deeper into values or calls.
   *
   * @throws TemplateTrouble if it is too deep
   */
  <T> T deeper(Inner<T> inner) {
    if (++depth > DEEPEST) {
      depth = 0;
      throw new TemplateTrouble("values or macros are nested deeper than " + DEEPEST);
    }
    T value = inner.value();
    depth--;
    return value;
  }

  /** The variables at hand. */
  Scope scope() {
    return scope;
  }

  /** Works within other variables. */
  void within(Scope inner, Runnable work) {
    Scope outer = scope;
    scope = inner;
    try {
      work.run();
    } finally {
      scope = outer;
    }
  }

  /** The text of a part of the template that goes elsewhere. */
  String captured(Runnable work) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      work.run();
      return out.toString();
    } finally {
      out = outer;
    }
  }

  /** Adds to the text. */
  void write(String text) {
    make(text.length());
    if (out.length() + (long) text.length() > LARGEST) {
      throw new TemplateTrouble("its text has more than " + LARGEST + " characters");
    }
    out.append(text);
  }

  /** The text so far. */
  String text() {
    return out.toString();
  }

  Flow flow() {
    return flow;
  }

  void flow(Flow next) {
    flow = next;
  }

  /** Does a part of the template, unless something has gone wrong or a loop is being left. */
  void part(int line, Runnable work) {
    if (trouble == null && flow == Flow.ON) {
      try {
        work.run();
      } catch (TemplateTrouble e) {
        trouble = e.getMessage().startsWith("line ") ? e : e.at(line);
      }
    }
  }

  /** What went wrong first, null for nothing. */
  TemplateTrouble trouble() {
    return trouble;
  }
}
