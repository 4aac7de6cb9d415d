package dev.ablate.model.remote;

/** In what ways a server may answer what it was not asked. */
public enum Lie {
  /** Log-probabilities are left out. */
  NO_LOG_PROBABILITIES,
  /** There are fewer log-probabilities than tokens; of a reply, fewer likely tokens than asked. */
  TOO_FEW,
  /** Values hang on what was asked before, and by whom at the same time. */
  ORDER_DEPENDENT,
  /** The text is wrapped in another template, or cut at its front, before the model sees it. */
  TEMPLATE_LOST,
  /** Values differ from one request to the next. */
  NOISY
}
