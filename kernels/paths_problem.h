#ifndef ABLATE_PATHS_PROBLEM_H
#define ABLATE_PATHS_PROBLEM_H

/*
 * Where a problem of a call lies; a call of paths.cl or paths_ridge.cl holds many of different sizes.
 *   table  U64 (problems, PROBLEM_NUMBERS): size k, then the first element of its matrix, of its
 *          vectors, of its penalties, the number of penalties, the first element of its path
 */

#define PROBLEM_NUMBERS 6u

#endif
