/**
 * ONNX: sessions whose tensors are bound by name, scorers over them, and what is in the files of
 * graphs.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.model.onnx;
