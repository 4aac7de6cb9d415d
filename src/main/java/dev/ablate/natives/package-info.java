/**
 * Libraries in machine code that jars bring: where they are unpacked and what may be loaded. Every
 * binding gets its library from here, because what it would load by itself lies where others can
 * write, or may be half a file.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.natives;
