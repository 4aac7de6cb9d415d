/**
 * Where tokenizers run: in this process if nothing in their file can end it, else in one of its
 * own.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.model.tokenizer;
