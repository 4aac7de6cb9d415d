/** The front door: explains a game and returns an explanation. */
package dev.ablate;
