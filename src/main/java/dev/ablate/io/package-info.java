/**
 * NumPy arrays, explanation files and shapiq's format.
 *
 * <p>Internal: public only for the layers above, except the types in docs/api.md.
 */
package dev.ablate.io;
