/**
 * NumPy arrays, explanation files and shapiq's format.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.io;
