/**
 * ONNX graphs: what is in their files.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.model.onnx;
