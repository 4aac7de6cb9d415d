/* What the generated tables of kernels and the fake driver share. */
#ifndef ABLATE_FAKECUDA_H
#define ABLATE_FAKECUDA_H

/* A kernel of the plain-C dialect behind the calling convention of cuLaunchKernel. */
struct fake_kernel {
  const char *variant;       /* the file of PTX it stands for, such as sampling or walsh-TILE_8 */
  const char *name;          /* of the function */
  int parameters;            /* without the local memory */
  const int *sizes;          /* of the parameters, in bytes */
  void (*call)(void **arguments, unsigned groups, void *local);
};

/* All tables, ended by NULL; a table ends with a kernel without a name. */
extern const struct fake_kernel *const fake_kernels[];

#endif
