/**
 * Models behind servers that speak OpenAI's protocols: requests over HTTP, what comes back as plain
 * values, and what goes wrong on the way as lines for the user.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.model.remote;
