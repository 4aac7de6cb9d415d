/** Value functions: masks in, values out, and what a budget allows. */
package dev.ablate.game;
