package dev.ablate.run;

import dev.ablate.explanation.Fit;

/** Where the time of a run goes: what passed since the last call goes to the stage named. */
final class Stopwatch {
  private long last = System.nanoTime();
  private double plan;
  private double evaluate;
  private double solve;

  void planned() {
    plan += lap();
  }

  void evaluated() {
    evaluate += lap();
  }

  void solved() {
    solve += lap();
  }

  Fit.Seconds seconds() {
    return new Fit.Seconds(plan, evaluate, solve);
  }

  private double lap() {
    long now = System.nanoTime();
    double seconds = (now - last) * 1e-9;
    last = now;
    return seconds;
  }
}
