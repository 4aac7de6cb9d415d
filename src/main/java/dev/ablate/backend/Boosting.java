package dev.ablate.backend;

/** Gradient-boosted regression trees on bit-packed masks: many independent runs a call. */
public interface Boosting {}
