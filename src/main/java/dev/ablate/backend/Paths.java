package dev.ablate.backend;

/** Lasso and ridge regularisation paths on Gram matrices: many problems a call. */
public interface Paths {}
