package dev.ablate.backend;

/** Exact Walsh-Hadamard spectra of regression trees on bits. */
public interface TreeSpectra {}
