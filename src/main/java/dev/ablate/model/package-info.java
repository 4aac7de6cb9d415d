/**
 * ONNX Runtime sessions and tokenizers.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.model;
