/**
 * ONNX Runtime sessions and tokenizers.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.model;
