package dev.ablate.backend;

/** SPEX: finds the terms behind the bins of subsampled transforms and peels them. */
public interface Decoding {}
