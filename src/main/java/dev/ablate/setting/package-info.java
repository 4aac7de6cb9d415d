/**
 * What users may set: each setting is declared once, where it is used, and the command line, the
 * Java builder and files of requests are made of the declarations.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.setting;
