/**
 * The command line, one class a command.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.cli;
